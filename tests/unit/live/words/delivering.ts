import test from 'ava';
import { contradictions, narrated, Stream } from '../_stream.ts';

const QOS = [0, 1, 2] as const;
const PACKETS = { 0: 1, 1: 2, 2: 4 };

for (const version of [4, 5] as const) {
  for (const published of QOS) {
    for (const granted of QOS) {
      test(`QoS ${published} to a subscription of QoS ${granted} over version ${version}: names the hops and their packets`, (t) => {
        const lower = published < granted ? published : granted;
        const stream = delivered(published, granted, lower, version);
        const [words, ...others] = narrated(stream).filter(({ text }) => text.includes('a copy at QoS'));
        t.deepEqual(others, []);
        t.is(words?.statement, version === 5 ? 'MQTT-3.8.4-8' : 'MQTT-3.8.4-6');
        t.true(words?.text.includes(`a copy at QoS ${lower}`));
        t.is(words?.seqs.length, PACKETS[published] + PACKETS[lower]);
        t.deepEqual(contradictions(stream), []);
      });
    }
  }
}

test('explains a lower QoS of the subscriber', (t) => {
  const [words] = narrated(delivered(2, 0, 0, 4)).filter(({ text }) => text.includes('copy'));
  t.is(
    words?.text,
    "alice subscribed to status at QoS 0, so the broker sent alice a copy at QoS 0: 1 packet (PUBLISH). sam's own hop kept QoS 2: 4 packets (PUBLISH, PUBREC, PUBREL, PUBCOMP).",
  );
});

test('says nothing of a delivery before its last packet', (t) => {
  const stream = ready(2, 4);
  stream.publish('publisher', 'sent', { qos: 2 });
  stream.answer('publisher', 'received', 'pubrec');
  stream.answer('publisher', 'sent', 'pubrel');
  stream.hop('subscriber', { qos: 2 });
  t.deepEqual(
    narrated(stream).filter(({ text }) => text.includes('copy')),
    [],
  );
});

test('names a copy at another QoS than the lower one', (t) => {
  t.is(contradictions(delivered(1, 2, 2, 4))[0]?.statement, 'MQTT-3.8.4-6');
  t.is(contradictions(delivered(2, 0, 1, 5))[0]?.statement, 'MQTT-3.8.4-8');
  t.is(contradictions(delivered(2, 2, 1, 4)).length, 1);
});

test('names a reader and a publisher without the right in lab.yaml', (t) => {
  const stream = delivered(1, 1, 1, 4);
  const reader = contradictions(stream, { rights: { mayPublish: () => true, mayReceive: (user) => user !== 'alice' } });
  t.deepEqual(
    reader.map(({ text }) => text),
    ['A message on status reached alice, although lab.yaml gives alice no right to read it.'],
  );
  const publisher = contradictions(stream, {
    rights: { mayPublish: (user) => user !== 'sam', mayReceive: () => true },
  });
  t.deepEqual(
    publisher.map(({ text }) => text),
    ['A message of sam on status reached alice, although lab.yaml gives sam no right to publish there.'],
  );
});

test('names a message that no subscription covers', (t) => {
  const stream = ready(0, 4);
  stream.publish('subscriber', 'received', { topic: 'other' });
  t.is(contradictions(stream)[0]?.statement, 'MQTT-3.3.2-3');
});

test('says once that a steady stream is delivered', (t) => {
  const stream = ready(1, 4);
  for (let id = 1; id <= 50; id += 1) {
    stream.hop('publisher', { qos: 1, id, payload: `${id}` }).hop('subscriber', { qos: 1, id, payload: `${id}` });
    stream.wait(100);
  }
  t.is(narrated(stream).filter(({ text }) => text.includes('copy')).length, 1);
  t.deepEqual(contradictions(stream), []);
});

function ready(granted: 0 | 1 | 2, version: 4 | 5): Stream {
  return new Stream()
    .connect('subscriber', { version })
    .subscribe('subscriber', 'status', granted)
    .connect('publisher', { version });
}

function delivered(published: 0 | 1 | 2, granted: 0 | 1 | 2, copy: 0 | 1 | 2, version: 4 | 5): Stream {
  return ready(granted, version).hop('publisher', { qos: published }).hop('subscriber', { qos: copy, id: 3 });
}

test('names the filter of overlapping subscriptions that fits the copy', (t) => {
  const start = () => ready(0, 4).subscribe('subscriber', '#', 2, 2, 2).hop('publisher', { qos: 2 });
  const said = (stream: Stream) => narrated(stream).find(({ text }) => text.includes('a copy at QoS'))?.text ?? '';
  t.true(said(start().hop('subscriber')).startsWith('alice subscribed to status at QoS 0, so'));
  const same = 'sam published status at QoS 2, and alice subscribed to # at the same, so';
  t.true(said(start().hop('subscriber', { qos: 2 })).startsWith(same));
});

test('PUBREL and PUBCOMP after a refusing PUBREC contradict nothing', (t) => {
  const stream = new Stream().connect('publisher', { version: 5 });
  stream.publish('publisher', 'sent', { qos: 2 });
  stream.answer('publisher', 'received', 'pubrec', 7, 0x87);
  stream.answer('publisher', 'sent', 'pubrel');
  stream.answer('publisher', 'received', 'pubcomp', 7, 0x92);
  t.deepEqual(contradictions(stream, { rights: { mayPublish: () => false, mayReceive: () => true } }), []);
});
