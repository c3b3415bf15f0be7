import test from 'ava';
import { eventLine } from '../../../../live/answers/event-text.ts';
import type { NewEvent } from '../../../../live/protocol.ts';
import { connectPacket, numbered, packet } from './_saved.ts';

const CASES: readonly (readonly [NewEvent, who: string, what: string])[] = [
  [
    connectPacket('publisher', 5),
    'publisher → broker',
    'CONNECT MQTT 3.1.1, client id a, clean session, keep alive 5 s, user sam',
  ],
  [
    packet('subscriber', {
      ...{ type: 'PUBLISH', direction: 'received', packetId: 7, qos: 1, dup: true, retain: true },
      ...{ topic: 'status', payload: 'on' },
    }),
    'broker → subscriber',
    'PUBLISH id 7, QoS 1, DUP, retain, topic status, payload on',
  ],
  [
    packet('subscriber', { type: 'SUBSCRIBE', packetId: 1, filters: [{ filter: '#', qos: 0 }] }),
    'subscriber → broker',
    'SUBSCRIBE id 1, filter # at QoS 0',
  ],
  [packet('publisher', { type: 'PINGREQ' }), 'publisher → broker', 'PINGREQ'],
  [
    packet('publisher', { type: 'CONNACK', direction: 'received', code: 5, sessionPresent: false }),
    'broker → publisher',
    'CONNACK code 5, session present 0',
  ],
  [{ is: 'tcp', side: 'publisher', what: 'FIN', by: 'broker' }, 'publisher', 'TCP: FIN by the broker'],
  [{ is: 'tcp', side: 'publisher', what: 'retransmission', bytes: 40 }, 'publisher', 'TCP: retransmission, 40 bytes'],
  [{ is: 'tcp', side: 'subscriber', what: 'silent' }, 'subscriber', 'cable pulled: nothing gets through'],
  [{ is: 'state', side: 'publisher', state: 'ended', why: 'gone' }, 'publisher', 'ended: gone'],
  [{ is: 'words', text: 'Odd.', isContradiction: true, seqs: [] }, '', 'Contradiction: Odd.'],
  [{ is: 'broker', what: 'restarting' }, 'broker', 'restarting'],
];

for (const [event, who, what] of CASES) {
  test(`${who || 'the live view'}: ${what}`, (t) => {
    const [line] = numbered([event]).map(eventLine);
    t.is(line?.who, who);
    t.is(line?.what, what);
  });
}

test('counters and latencies have no line', (t) => {
  const events = numbered([{ is: 'counters', side: 'publisher', packets: 0, mqttBytes: 0 }]);
  t.deepEqual(events.map(eventLine), [undefined]);
});
