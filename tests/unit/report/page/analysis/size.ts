import test from 'ava';
import type { Size } from '../../../../../records/measured/size.ts';
import {
  addedConclusions,
  arithmeticConclusion,
  byPayload,
  costOf,
  messagesText,
  number,
  overheadConclusion,
} from '../../../../../report/page/analysis/size.ts';
import { LEVELS, recordOf, sizeOf } from '../_results.ts';

const all = [1, 10_000].flatMap((bytes) => LEVELS.map((qos) => sizeOf(qos, bytes)));

/** One byte too many on the publisher's hop. */
function fatter(size: Size): Size {
  const { publisher, subscriber } = size.hops;
  return { ...size, hops: { publisher: { ...publisher, mqttBytes: publisher.mqttBytes + 1 }, subscriber } };
}

function withoutIp(size: Size): Size {
  const { ip: _, ...publisher } = size.hops.publisher;
  return { ...size, hops: { ...size.hops, publisher } };
}

test('gives the average cost of a message beside the bytes of the standard', (t) => {
  const { hops } = sizeOf(1, 5);
  const twice = {
    ...sizeOf(1, 5),
    messages: 2,
    hops: {
      ...hops,
      publisher: {
        ...hops.publisher,
        mqttBytes: 2 * 21,
        types: { PUBLISH: { packets: 2, bytes: 34 }, PUBACK: { packets: 2, bytes: 8 } },
      },
    },
  };
  // 12 + 5 bytes of PUBLISH on `status` and 4 of PUBACK (MQTT 3.1.1, 3.3 and 3.4)
  t.like(costOf(twice, 'publisher'), { mqttBytes: 21, packets: 2, wantedBytes: 21 });
  t.is(costOf(withoutIp(sizeOf(1, 5)), 'publisher').ipBytes, undefined);
});

test('confirms sizes that match the standard', (t) => {
  t.like(arithmeticConclusion(all), { outcome: 'confirmed' });
  t.regex(arithmeticConclusion(all).text, /^On all 12 hops/);
});

test('reports both numbers of a size that differs from the standard', (t) => {
  const conclusion = arithmeticConclusion([sizeOf(0, 1), fatter(sizeOf(2, 100))]);
  t.is(conclusion.outcome, 'contradicted');
  t.regex(conclusion.text, /100 B at QoS 2 took 125 B on the publisher’s hop, by the arithmetic 124 B/);
});

test('reports what a higher QoS adds to the smallest and the largest payload', (t) => {
  t.deepEqual(
    addedConclusions(all).map(({ outcome, text }) => `${outcome}: ${text}`),
    [
      'confirmed: To a message with a payload of 1 B, QoS 1 adds 6 B (+55 %) and QoS 2 adds 14 B (+127 %) on a hop.',
      'confirmed: To a message with a payload of 10 kB, QoS 1 adds 6 B (+0.06 %) and QoS 2 adds 14 B (+0.14 %) on a hop.',
    ],
  );
  t.deepEqual(addedConclusions([sizeOf(1, 1)]), []);
  t.is(addedConclusions([sizeOf(0, 100), { ...sizeOf(0, 1), qos: 1, payloadBytes: 100 }])[0]?.outcome, 'contradicted');
});

/** `bytes` of IP on the publisher's hop, in ten segments. */
function onNetwork(size: Size, bytes: number): Size {
  const { publisher, subscriber } = size.hops;
  const ip = { bytes, streamBytes: publisher.mqttBytes, segmentsSent: 6, segmentsReceived: 4 };
  return { ...size, hops: { publisher: { ...publisher, ip }, subscriber } };
}

const OVERHEADS = [
  [
    'more headers than MQTT',
    all,
    'confirmed',
    /^On the network the headers weigh more than MQTT: a payload of 1 B took at QoS 0 115 bytes of IP packets for 11 of MQTT, at .*\. Each segment had 52 bytes of IP and TCP headers/,
  ],
  [
    'fewer headers than MQTT, although a packet is smaller than its headers',
    [onNetwork(sizeOf(0, 1), 21)],
    'contradicted',
    /^On the network the headers weigh no more than MQTT: a payload of 1 B took at QoS 0 21 bytes of IP packets for 11 of/,
  ],
  [
    'fewer headers than MQTT, as a large payload has',
    [onNetwork(sizeOf(1, 1_000), 1_613)],
    'inconclusive',
    /^On the network the headers weigh no more than MQTT: a payload of 1 kB took at QoS 1 1,613 bytes/,
  ],
  [
    'headers of IPv6',
    [onNetwork(sizeOf(0, 1), 11 + 720)],
    'confirmed',
    / Each segment had 72 bytes of IP and TCP headers/,
  ],
  [
    'fewer headers at one QoS alone',
    [onNetwork(sizeOf(0, 1), 21), onNetwork(sizeOf(2, 1), 1_000)],
    'contradicted',
    /^On the network the headers weigh no more than MQTT at QoS 0: /,
  ],
  [
    'the smallest payload not counted by the kernel',
    [withoutIp(sizeOf(0, 1)), sizeOf(0, 100)],
    'inconclusive',
    /a payload of 100 B took at QoS 0 214 bytes of IP packets for 110 of MQTT\./,
  ],
] as const;

for (const [name, sizes, outcome, text] of OVERHEADS) {
  test(`concludes about the network: ${name}: ${outcome}`, (t) => {
    const conclusion = overheadConclusion(sizes);
    t.is(conclusion?.outcome, outcome);
    t.regex(conclusion?.text ?? '', text);
  });
}

test('says nothing about headers that the kernel did not count', (t) => {
  t.is(overheadConclusion(all.map(withoutIp)), undefined);
  t.is(overheadConclusion([]), undefined);
});

test('sorts the rows by payload and QoS', (t) => {
  const measured = [sizeOf(2, 100), sizeOf(0, 100), sizeOf(1, 1)].map((observed) => ({
    record: recordOf('qos.size.q0.1.pi'),
    subject: { kind: 'size', qos: observed.qos, payloadBytes: observed.payloadBytes } as const,
    observed,
  }));
  const rows = byPayload(measured).map(({ payloadBytes, own }) => [
    payloadBytes,
    own.map(({ observed }) => observed.qos),
  ]);
  t.deepEqual(rows, [
    [1, [1]],
    [100, [0, 2]],
  ]);
});

for (const [value, text] of [
  [12, '12'],
  [10_489.44, '10,489.4'],
] as const) {
  test(`prints an average of ${value} as ${text}`, (t) => {
    t.is(number(value), text);
  });
}

test('prints how many messages were counted', (t) => {
  t.is(messagesText([sizeOf(0, 1)]), '1 message each');
  t.is(
    messagesText([
      { ...sizeOf(0, 1), messages: 5 },
      { ...sizeOf(0, 1), messages: 20 },
    ]),
    '5 to 20 messages each',
  );
});
