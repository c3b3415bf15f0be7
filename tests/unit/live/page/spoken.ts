import test from 'ava';
import { spoken } from '../../../../live/page/spoken.ts';
import { numbered, packet, tcp } from './_events.ts';

test('says a few packets one by one, with where they go', (t) => {
  const events = numbered([
    packet('publisher', 'PUBLISH', { qos: 1, packetId: 3, bytes: 41, retain: true }),
    packet('subscriber', 'PUBLISH', { qos: 0, direction: 'received' }),
    tcp('subscriber', 'silent'),
  ]);
  t.deepEqual(spoken(events), [
    'PUBLISH from publisher to broker, #3 QoS 1 retain 41 B',
    'PUBLISH from broker to subscriber, QoS 0 2 B',
    'TCP, subscriber: cable pulled',
  ]);
});

test('summarises many packets, and still says words', (t) => {
  const burst = Array.from({ length: 500 }, () => [packet('publisher', 'PUBLISH'), packet('publisher', 'PUBACK')]);
  const events = numbered([
    ...burst.flat(),
    { is: 'words', text: 'No right.', isContradiction: true, seqs: [] },
    { is: 'proved', step: '2.3', seqs: [] },
  ]);
  t.deepEqual(spoken(events), [
    '1000 packets: 500 PUBLISH, 500 PUBACK',
    'Contradiction: No right.',
    'Step 2.3 is proved.',
  ]);
});

test('says nothing of figures alone', (t) => {
  t.deepEqual(spoken(numbered([{ is: 'rate', perSecond: 3 }])), []);
});
