import type { LiveEvent, NewEvent, PacketView, Saved, Side } from '../../../../live/protocol.ts';

const BEGUN = Date.parse('2026-11-30T13:00:00Z');

export function packet(side: Side, view: Partial<PacketView> & Pick<PacketView, 'type'>): NewEvent {
  return { is: 'packet', side, packet: { direction: 'sent', bytes: 2, hex: 'c0 00', version: 4, ...view } };
}

export function connectPacket(side: Side, keepAlive: number): NewEvent {
  const connect = { clientId: 'a', clean: true, keepAlive, user: 'sam', hasPassword: true };
  return packet(side, { type: 'CONNECT', bytes: 20, hex: '10 12', connect });
}

/** Numbers the events from 1, a second each. */
export function numbered(events: readonly NewEvent[]): LiveEvent[] {
  return events.map((event, index) => ({ ...event, seq: index + 1, at: BEGUN + index * 1000 }));
}

/** A saved live view of a lab with one step, `2.2b`. */
export function savedWith(events: readonly NewEvent[], student = 'Zoë'): Saved {
  const prediction = { question: 'How many packets?', choices: ['1', '2', '3', '4'] };
  return {
    format: 'mqtt-lab live view 1',
    student,
    begun: '2026-11-30T13:00:00.000Z',
    saved: '2026-11-30T13:39:35.123Z',
    setup: {
      lab: 'class',
      brokerVersion: '2.0.21',
      users: ['sam'],
      places: [{ name: '', programs: ['mqtt.js'] }],
      listeners: [],
      topics: ['status'],
      canRestart: true,
      steps: [{ id: '2.2b', title: 'QoS 2', todo: ['Publish.'], prediction, ask: 'Why?' }],
    },
    events: numbered(events),
  };
}

/** The step predicted, done and answered. */
export const DONE: readonly NewEvent[] = [
  { is: 'predicted', step: '2.2b', choice: 3 },
  packet('publisher', {
    type: 'PUBLISH',
    bytes: 17,
    hex: '34 0f',
    packetId: 7,
    qos: 2,
    topic: 'status',
    payload: 'on',
  }),
  packet('publisher', { type: 'PUBREC', direction: 'received', packetId: 7 }),
  { is: 'words', text: 'QoS 2 takes four packets.', statement: 'MQTT-4.3.3-1', isContradiction: false, seqs: [2, 3] },
  { is: 'proved', step: '2.2b', seqs: [2, 3] },
  { is: 'answered', step: '2.2b', text: 'It counts.' },
];
