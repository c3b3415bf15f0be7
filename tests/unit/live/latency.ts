import test from 'ava';
import { openLatencyMeter } from '../../../live/latency.ts';
import type { EventOf, PacketView, Side } from '../../../live/protocol.ts';

let seq = 0;

function publish(side: Side, at: number, payload: string, more: Partial<PacketView> = {}): EventOf<'packet'> {
  const direction = side === 'publisher' ? 'sent' : 'received';
  const packet = {
    direction,
    type: 'PUBLISH',
    bytes: 9,
    hex: '',
    version: 4,
    topic: 'status',
    payload,
    ...more,
  } as const;
  seq += 1;
  return { is: 'packet', seq, at, side, packet };
}

test('measures from the PUBLISH of the publisher to that of the subscriber, message by message', (t) => {
  const meter = openLatencyMeter();
  const first = publish('publisher', 100, 'one');
  const second = publish('publisher', 101, 'two');
  t.is(meter.take(first, 0.5), undefined);
  t.is(meter.take(second, 0.5), undefined);
  const later = publish('subscriber', 105, 'two');
  t.deepEqual(meter.take(later, 0.5), { is: 'latency', ms: 4, errorMs: 0.5, seqs: [second.seq, later.seq] });
  const earlier = publish('subscriber', 107.25, 'one');
  t.deepEqual(meter.take(earlier, 0.5), { is: 'latency', ms: 7.25, errorMs: 0.5, seqs: [first.seq, earlier.seq] });
});

test('measures nothing for a message that another client published, a retained one, or a second delivery', (t) => {
  const meter = openLatencyMeter();
  t.is(meter.take(publish('subscriber', 1, 'theirs'), 0), undefined);
  meter.take(publish('publisher', 2, 'ours'), 0);
  t.is(meter.take(publish('subscriber', 3, 'ours', { retain: true }), 0), undefined);
  t.is(meter.take(publish('subscriber', 3, 'ours', { topic: 'other' }), 0), undefined);
  t.is(meter.take(publish('subscriber', 4, 'ours'), 0)?.is, 'latency');
  t.is(meter.take(publish('subscriber', 5, 'ours', { dup: true }), 0), undefined);
  t.is(meter.take(publish('subscriber', 6, 'ours'), 0), undefined);
});

test('of equal messages, measures the newest, and those in flight in their order', (t) => {
  const meter = openLatencyMeter();
  meter.take(publish('publisher', 0, 'on'), 0);
  const first = publish('publisher', 10_000, 'on');
  const second = publish('publisher', 10_001, 'on');
  meter.take(first, 0);
  meter.take(second, 0);
  for (const sent of [first, second]) {
    const copy = publish('subscriber', 10_005, 'on');
    t.like(meter.take(copy, 0), { seqs: [sent.seq, copy.seq] });
  }
  t.is(meter.take(publish('subscriber', 10_006, 'on'), 0), undefined);
});

test('measures nothing from before the publisher’s CONNECT or a new session of the subscriber', (t) => {
  for (const [side, type, direction] of [
    ['publisher', 'CONNECT', 'sent'],
    ['subscriber', 'CONNACK', 'received'],
  ] as const) {
    const meter = openLatencyMeter();
    meter.take(publish('publisher', 0, 'on'), 0);
    meter.take(publish(side, 1, '', { type, direction }), 0);
    t.is(meter.take(publish('subscriber', 2, 'on'), 0), undefined);
  }
});
