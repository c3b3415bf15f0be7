import test from 'ava';
import type { Side } from '../../../../live/protocol.ts';
import type { Stream } from '../_stream.ts';
import { count, openView } from './_transcript.ts';

type Deed = (stream: Stream) => void;

const begin =
  (side: Side, keepAlive: number): Deed =>
  (stream) => {
    stream.connect(side, { keepAlive });
    if (side === 'subscriber') stream.subscribe(side, 'news');
  };
const exchange: Deed = (stream) => {
  stream.hop('publisher', { topic: 'news' });
  stream.hop('subscriber', { topic: 'news' });
};
const idle =
  (side: Side): Deed =>
  (stream) => {
    for (let round = 0; round < 3; round += 1) stream.wait(5_000).ping(side);
    count(stream, side);
  };
const end =
  (side: Side): Deed =>
  (stream) =>
    stream.disconnect(side);

const CASES: Readonly<Record<string, { deeds: readonly Deed[]; proved: readonly string[] }>> = {
  'both at the same time, on either side': {
    deeds: [begin('subscriber', 5), begin('publisher', 25), exchange, idle('publisher'), idle('subscriber')],
    proved: ['2.3a', '2.3b'],
  },
  'two connections of one side, one after the other': {
    deeds: [
      ...[begin('subscriber', 60), begin('publisher', 5), exchange, idle('publisher'), end('publisher')],
      ...[begin('publisher', 25), exchange, idle('publisher')],
    ],
    proved: [],
  },
  'pings from before the other side had its keep alive': {
    deeds: [
      ...[begin('subscriber', 25), begin('publisher', 60), exchange, idle('subscriber'), end('publisher')],
      ...[begin('publisher', 5), exchange, idle('publisher')],
    ],
    proved: [],
  },
  'one side that ended before the other one was idle': {
    deeds: [
      ...[begin('subscriber', 25), begin('publisher', 5), exchange, idle('publisher'), end('publisher')],
      idle('subscriber'),
    ],
    proved: [],
  },
};

for (const [name, { deeds, proved }] of Object.entries(CASES)) {
  test(`2.3a and 2.3b are ${proved.length === 0 ? 'not ' : ''}proved by ${name}`, (t) => {
    const stream = openView();
    for (const deed of deeds) deed(stream);
    const found = stream.events.flatMap((event) => (event.is === 'proved' ? [event.step] : []));
    t.deepEqual(
      found.filter((step) => step === '2.3a' || step === '2.3b'),
      [...proved],
    );
  });
}
