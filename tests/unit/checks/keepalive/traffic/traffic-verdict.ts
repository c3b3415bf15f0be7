import test from 'ava';
import { MOSQUITTO_CLIENT } from '../../../../../checks/keepalive/ping-period.ts';
import {
  isWhole,
  judgeBusy,
  judgeIdle,
  type Watched,
} from '../../../../../checks/keepalive/traffic/traffic-verdict.ts';
import type { Packet, PacketType } from '../../../../../probes/mqtt/packet.ts';
import type { CounterSample } from '../../../../../probes/network/connection-counters.ts';

type Sized = Watched['packets'][number];

const packet = (type: PacketType, direction: Packet['direction'], at: number, bytes: number): Sized => {
  return { type, direction, at, bytes };
};
const SETUP = [
  packet('CONNECT', 'sent', 0, 28),
  packet('CONNACK', 'received', 1, 4),
  packet('PUBLISH', 'sent', 2, 17),
  packet('PUBACK', 'received', 3, 4),
];
const pingAt = (at: number) => [packet('PINGREQ', 'sent', at, 2), packet('PINGRESP', 'received', at + 1, 2)];
const sample = (at: number, streamBytes: number, segments: number): CounterSample => {
  return { at, streamBytes, segments, ipBytes: streamBytes + 52 * segments + 16, resentBytes: 0 };
};
/** The setup, its late acknowledgement, and two pings; two readings see the first one. */
const COUNTED = [
  sample(10, 53, 8),
  sample(260, 53, 9),
  sample(5_010, 57, 11),
  sample(5_260, 57, 12),
  sample(10_020, 61, 15),
];
const IDLE: Watched = {
  keepAlive: 5,
  packets: [...SETUP, ...pingAt(5_003), ...pingAt(10_010)],
  counted: COUNTED,
  startedAt: -100,
  endedAt: 10_500,
  uncertainMs: 0,
};

test('computes the cost of a ping from the counters, with late acknowledgements', (t) => {
  const { verdict, measured } = judgeIdle(IDLE, MOSQUITTO_CLIENT, 2);
  t.is(verdict, 'pass');
  t.deepEqual(measured.perPing, { mqttBytes: 4, ipBytes: 160, segments: 3 });
  t.deepEqual(measured.pingsAtMs, [5_003, 10_010]);
  t.like(measured, { durationMs: 10_500, pings: 2, packets: 8, messages: 1 });
  t.deepEqual(measured.samples.at(-1), { atMs: 10_020, mqttBytes: 61, ipBytes: 61 + 52 * 15 + 16, segments: 15 });
});

/** [what is different about an idle client; why it fails] */
const idle: readonly (readonly [what: string, change: Partial<Watched>, reason: RegExp | undefined])[] = [
  ['no counters', { counted: undefined }, undefined],
  [
    'a message of another client',
    { counted: [...COUNTED, sample(10_300, 80, 16)] },
    /counted 80 bytes of MQTT, .* take 61/,
  ],
  ['nothing counted', { counted: [] }, /counted no bytes/],
  [
    'a missing ping',
    { packets: [...SETUP, ...pingAt(5_003)], counted: COUNTED.slice(0, 4) },
    /1 PINGREQ in time, not 2/,
  ],
  ['a ping too late', { packets: [...SETUP, ...pingAt(5_003), ...pingAt(12_100)] }, /nothing for 7\.097 s/],
  [
    'a message of another client, without counters',
    {
      packets: [...IDLE.packets, packet('PUBLISH', 'received', 10_300, 17), packet('PUBACK', 'sent', 10_301, 4)],
      counted: undefined,
    },
    /besides the message and the pings, a PUBLISH was received and 1 more$/,
  ],
  [
    'a DISCONNECT',
    { packets: [...IDLE.packets, packet('DISCONNECT', 'sent', 10_300, 2)], counted: undefined },
    /a DISCONNECT was sent$/,
  ],
  ['storms of segments', { counted: [...COUNTED, sample(10_300, 61, 30)] }, /10\.5 segments/],
];

for (const [what, change, reason] of idle) {
  test(`judges an idle client: ${what}`, (t) => {
    const judged = judgeIdle({ ...IDLE, ...change }, MOSQUITTO_CLIENT, 2);
    if (reason === undefined) t.is(judged.verdict, 'pass');
    else t.regex(judged.reason ?? '', reason);
  });
}

test('takes samples from the packets, without bytes of IP, where there are no counters', (t) => {
  const { measured } = judgeIdle({ ...IDLE, counted: undefined }, MOSQUITTO_CLIENT, 2);
  t.deepEqual(measured.samples, [
    { atMs: 3, mqttBytes: 53 },
    { atMs: 5_004, mqttBytes: 57 },
    { atMs: 10_011, mqttBytes: 61 },
  ]);
  t.deepEqual(measured.perPing, { mqttBytes: 4 });
});

test('takes the cost of a ping from its packets where there are no counters', (t) => {
  const long = packet('PINGRESP', 'received', 10_012, 5);
  const unanswered = packet('PINGREQ', 'sent', 15_000, 2);
  const packets = [...IDLE.packets.slice(0, -1), long, unanswered];
  const { measured } = judgeIdle({ ...IDLE, packets, counted: undefined }, MOSQUITTO_CLIENT, 2);
  t.deepEqual(measured.perPing, { mqttBytes: 5.5 });
});

test('leaves out a ping that is answered after the message', (t) => {
  const [asked, answered] = pingAt(1);
  if (asked === undefined || answered === undefined) return t.fail('no ping');
  const packets = [...SETUP.slice(0, 2), asked, ...SETUP.slice(2), answered, ...pingAt(5_003)];
  const { measured } = judgeIdle({ ...IDLE, packets, counted: undefined }, MOSQUITTO_CLIENT, 2);
  t.deepEqual(measured.perPing, { mqttBytes: 4 });
});

test('keeps at most four samples a second of many packets, and the last one', (t) => {
  const flood = messagesAt(Array.from({ length: 2_000 }, (_, index) => 100 + 5 * index));
  const { measured } = judgeBusy({ ...BUSY, packets: [...SETUP, ...flood] }, MOSQUITTO_CLIENT, 8);
  const { samples } = measured;
  for (let second = 0; second < 11; second += 1) {
    t.true(samples.filter(({ atMs }) => Math.floor(atMs / 1_000) === second).length <= 4);
  }
  t.true(samples.length >= 40);
  t.deepEqual(samples.at(-1), { atMs: 100 + 5 * 1_999, mqttBytes: 53 + 2_000 * 15 });
});

const messagesAt = (moments: readonly number[]) => moments.map((at) => packet('PUBLISH', 'sent', at, 15));
const SECONDS = Array.from({ length: 9 }, (_, index) => 1_000 * (index + 1));
const BUSY: Watched = { ...IDLE, packets: [...SETUP, ...messagesAt(SECONDS)], counted: undefined };

/** [what is different about a client that publishes once a second; why it fails] */
const busy: readonly (readonly [what: string, change: Partial<Watched>, reason: RegExp | undefined])[] = [
  ['no ping is needed', {}, undefined],
  ['few messages', { packets: [...SETUP, ...pingAt(5_003), ...pingAt(10_000)] }, /1 messages, not 8/],
  ['silence', { packets: [...SETUP, ...messagesAt(SECONDS.map((at) => at / 3))] }, /sent nothing for 7\.5 s/],
  ['a ping in transit', { packets: [...BUSY.packets, packet('PINGREQ', 'sent', 10_400, 2)] }, undefined],
  [
    'pings without an answer',
    { packets: [...BUSY.packets, packet('PINGREQ', 'sent', 9_900, 2), packet('PINGREQ', 'sent', 10_400, 2)] },
    /0 of 2 PINGREQ/,
  ],
  ['other bytes', { counted: [sample(10_000, 999, 30)] }, /counted 999 bytes/],
  ['a message in transit', { counted: [sample(10_000, 53 + 8 * 15, 30)] }, undefined],
];

for (const [what, change, reason] of busy) {
  test(`judges a busy client: ${what}`, (t) => {
    const judged = judgeBusy({ ...BUSY, ...change }, MOSQUITTO_CLIENT, 8);
    if (reason === undefined) t.is(judged.reason, undefined);
    else t.regex(judged.reason ?? '', reason);
  });
}

test('leaves out a ping before the message', (t) => {
  const early = { ...IDLE, packets: [...SETUP.slice(0, 2), ...pingAt(1), ...SETUP.slice(2), ...pingAt(5_003)] };
  const counted = [sample(260, 57, 12), sample(5_010, 61, 15)];
  const { measured } = judgeIdle({ ...early, counted }, MOSQUITTO_CLIENT, 1);
  t.deepEqual(measured.perPing, { mqttBytes: 4, ipBytes: 160, segments: 3 });
  const never = judgeIdle({ ...early, packets: early.packets.slice(0, 6), counted }, MOSQUITTO_CLIENT, 1);
  t.is(never.measured.perPing, undefined);
});

test('refuses counters that end within a packet or lag far behind', (t) => {
  t.true(isWhole(IDLE.packets, [sample(0, 61, 1)]));
  t.false(isWhole(IDLE.packets, [sample(0, 60, 1)]));
  t.false(isWhole(IDLE.packets, [sample(0, 28, 1)]));
});
