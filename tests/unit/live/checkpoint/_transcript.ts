import { openPath } from '../../../../live/checkpoint/path.ts';
import { stepsFor } from '../../../../live/checkpoint/steps.ts';
import type { EventOf, LiveEvent, NewEvent, Saved, Side } from '../../../../live/protocol.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';
import { Stream } from '../_stream.ts';

export const LAB = labOf(`${TWO_USERS}topics:
  news: { publish: [sam], subscribe: [alice], lastWill: [sam, alice] }
  door: { publish: [sam], subscribe: [alice] }
`);
export const STEPS = stepsFor({ lab: LAB, pis: ['pi'] });

/** A live view whose proofs follow their packets. */
export function openView(): Stream {
  const path = openPath(STEPS);
  return new Stream((event) => [...latency(event), ...path.take(event)]);

  function latency(event: LiveEvent): NewEvent[] {
    if (event.is !== 'packet' || event.packet.type !== 'PUBLISH') return [];
    if (event.side === 'publisher') sent.set(String(event.packet.payload), event);
    const first = sent.get(String(event.packet.payload));
    if (event.side === 'publisher' || first === undefined) return [];
    sent.delete(String(event.packet.payload));
    return [{ is: 'latency', ms: event.at - first.at, errorMs: 0, seqs: [first.seq, event.seq] }];
  }
}

const sent = new Map<string, EventOf<'packet'>>();

export function saved(stream: Stream): Saved {
  return {
    ...{
      format: 'mqtt-lab live view 1',
      student: 'A. Student',
      begun: '2026-01-05T09:00:00Z',
      saved: '2026-01-05T10:00:00Z',
    },
    setup: { lab: 'two', users: [], places: [], listeners: [], topics: [], canRestart: true, steps: STEPS },
    events: structuredClone(stream.events),
  };
}

/** What the side's packets sum up to since its last settings. */
export function count(stream: Stream, side: Side): Stream {
  const own = stream.events.filter((event) => 'side' in event && event.side === side);
  const begin = own.findLastIndex((event) => event.is === 'state' && event.state === 'connecting');
  const packets = own.slice(begin).filter((event) => event.is === 'packet');
  const mqttBytes = packets.reduce((sum, { packet }) => sum + packet.bytes, 0);
  stream.add({ is: 'counters', side, packets: packets.length, mqttBytes });
  return stream;
}

const WILL = { topic: 'news', payload: 'gone', qos: 1, retain: false } as const;
export const ANSWER =
  'A lock should be known as lost within a minute and a half, so 60 s is enough and spares its battery.';

/** Everything that the checkpoint asks for, step by step. */
export const DEEDS: Readonly<Record<string, (stream: Stream) => void>> = {
  '1.3': (stream) => {
    stream.connect('subscriber', { place: 'pi', program: 'paho' }).subscribe('subscriber', 'news');
    stream.connect('publisher').hop('publisher', { topic: 'news', payload: 'one' });
    stream.hop('subscriber', { topic: 'news', payload: 'one' });
    stream.disconnect('publisher').disconnect('subscriber');
  },
  '2.1': (stream) => {
    stream.connect('subscriber').subscribe('subscriber', 'door', 1).connect('publisher');
    stream
      .hop('publisher', { topic: 'door', payload: 'open', qos: 1 })
      .hop('subscriber', { topic: 'door', payload: 'open', qos: 1 });
    stream.disconnect('publisher').connect('publisher', { user: 'alice' });
    stream.hop('publisher', { topic: 'door', payload: 'mine', qos: 1 }).wait(1_500).ping('subscriber');
    stream.disconnect('publisher').disconnect('subscriber');
  },
  '2.2a': (stream) => pairs(stream, 1),
  '2.2b': (stream) => {
    pairs(stream, 1);
    stream.connect('subscriber').ping('subscriber').disconnect('subscriber');
  },
  '2.2c': (stream) => pairs(stream, 3),
  '2.2d': (stream) => {
    stream.connect('subscriber').subscribe('subscriber', 'news', 0).connect('publisher');
    stream
      .hop('publisher', { topic: 'news', payload: 'low', qos: 2 })
      .hop('subscriber', { topic: 'news', payload: 'low' });
    stream.disconnect('publisher').disconnect('subscriber');
  },
  '2.3a': (stream) => idle(stream),
  '2.3b': (stream) => idle(stream),
  '2.3c': (stream) => {
    idle(stream);
    stream.add({ is: 'answered', step: '2.3c', text: ANSWER });
  },
  '2.4a': (stream) => {
    stream.connect('publisher', { will: WILL }).connect('subscriber', { will: WILL });
    stream.subscribe('subscriber', 'news').disconnect('publisher').disconnect('subscriber');
  },
  '2.4b': (stream) => {
    stream.connect('subscriber').subscribe('subscriber', 'news').connect('publisher', { will: WILL });
    stream.kill('publisher').wait(40).hop('subscriber', { topic: 'news', payload: 'gone' });
    stream.disconnect('subscriber');
  },
  '2.4c': (stream) => {
    stream.connect('subscriber').subscribe('subscriber', 'news').connect('publisher', { will: WILL, keepAlive: 5 });
    stream.disconnect('publisher').wait(3_200).ping('subscriber');
    stream.connect('publisher', { will: WILL, keepAlive: 5 }).wait(1_000);
    stream.tcp('publisher', 'silent');
    stream.wait(7_200).hop('subscriber', { topic: 'news', payload: 'gone' });
    stream.disconnect('subscriber');
    stream.add({ is: 'state', side: 'publisher', state: 'ended' });
  },
};

function pairs(stream: Stream, times: number): void {
  stream.connect('subscriber').subscribe('subscriber', 'news', 2).connect('publisher');
  for (const qos of [0, 1, 2] as const)
    for (let id = 1; id <= times; id += 1) {
      const message = { topic: 'news', qos, payload: `${qos}-${id}`, id: id + 10 * qos + 1 };
      stream.hop('publisher', message).hop('subscriber', message);
    }
  count(stream, 'publisher').disconnect('publisher').disconnect('subscriber');
}

function idle(stream: Stream): void {
  stream
    .connect('subscriber', { keepAlive: 25 })
    .subscribe('subscriber', 'news')
    .connect('publisher', { keepAlive: 5 });
  stream.hop('publisher', { topic: 'news', payload: 'x' }).hop('subscriber', { topic: 'news', payload: 'x' });
  for (let round = 0; round < 5; round += 1) stream.wait(5_000).ping('publisher');
  stream.ping('subscriber');
  count(count(stream, 'publisher'), 'subscriber').disconnect('publisher').disconnect('subscriber');
}

/** A whole session of the checkpoint. */
export function wholeSession(): Stream {
  const stream = openView();
  for (const deed of Object.values(DEEDS)) deed(stream.wait(500));
  return stream;
}
