import test from 'ava';
import { appended, MOST_SLOTS, type Row, slotOf } from '../../../../live/page/rows.ts';
import { START } from '../../../../live/page/state.ts';
import type { NewEvent } from '../../../../live/protocol.ts';
import { numbered, packet, tcp } from './_events.ts';

const words = (text: string): NewEvent => ({ is: 'words', text, isContradiction: false, seqs: [] });
const broker = (what: 'restarting' | 'running' | 'failed'): NewEvent => ({ is: 'broker', what });
const rowsOf = (events: readonly NewEvent[]) => [...new Set(appended(START, numbered(events)).slots)];
const lanesOf = (rows: readonly Row[], lane: keyof Row['lanes']) => rows.map(({ lanes }) => lanes[lane]);

test('a row takes as many slots as it is high, and events that are not drawn take none', (t) => {
  const state: NewEvent = { is: 'state', side: 'publisher', state: 'connecting' };
  const long = words('x'.repeat(200));
  const { slots } = appended(START, numbered([tcp('publisher', 'SYN'), state, packet('publisher', 'CONNECT'), long]));
  t.deepEqual(
    slots.map(({ event }) => event.seq),
    [1, 3, 3, 4, 4, 4, 4],
  );
});

test('a lifeline is on from the open connection until FIN, RST or the end of the program', (t) => {
  for (const end of ['FIN', 'RST', 'killed'] as const) {
    const rows = rowsOf([
      tcp('publisher', 'SYN'),
      tcp('publisher', 'open'),
      packet('publisher', 'CONNECT'),
      tcp('publisher', end),
    ]);
    t.deepEqual(lanesOf(rows, 'publisher'), ['off', 'on', 'on', 'off']);
    t.deepEqual(new Set(lanesOf(rows, 'subscriber')), new Set(['off']));
  }
});

test('a cut lifeline stays cut until it is plugged in, also when the connection ends meanwhile', (t) => {
  const rows = rowsOf([
    tcp('subscriber', 'open'),
    tcp('subscriber', 'silent'),
    packet('subscriber', 'PINGREQ'),
    tcp('subscriber', 'retransmission'),
    tcp('subscriber', 'FIN'),
    { is: 'state', side: 'subscriber', state: 'ended' },
    packet('publisher', 'PINGREQ'),
    tcp('subscriber', 'through'),
  ]);
  t.deepEqual(lanesOf(rows, 'subscriber'), ['on', 'cut', 'cut', 'cut', 'cut', 'cut', 'on']);
});

test("the broker's lifeline is interrupted while it restarts", (t) => {
  const rows = rowsOf([broker('restarting'), tcp('publisher', 'FIN'), broker('running')]);
  t.deepEqual(lanesOf(rows, 'broker'), ['cut', 'cut', 'on']);
});

test("the broker's lifeline goes on after a restart that failed", (t) => {
  t.deepEqual(lanesOf(rowsOf([broker('restarting'), broker('failed')]), 'broker'), ['cut', 'on']);
});

test('the lifelines of one frame go on in the next', (t) => {
  const first = appended(START, numbered([tcp('publisher', 'open')]));
  const { slots } = appended(first, numbered([packet('publisher', 'PINGREQ')], 2));
  t.is(slots.at(-1)?.lanes.publisher, 'on');
});

test('drops the oldest rows whole, and counts their slots', (t) => {
  const { slots, dropped } = appended(
    START,
    numbered([...Array.from({ length: MOST_SLOTS }, () => packet('publisher', 'PINGREQ')), tcp('publisher', 'FIN')]),
  );
  t.true(slots.length <= MOST_SLOTS);
  t.is(slots.length + dropped, 1 + 2 * MOST_SLOTS);
  const [first] = slots;
  t.is(slots.filter((row) => row === first).length, 2);
});

test('finds the first slot of an event', (t) => {
  const { slots } = appended(
    START,
    numbered([packet('publisher', 'PINGREQ'), broker('running'), words('why'), packet('publisher', 'PINGREQ')], 10),
  );
  t.deepEqual(
    [10, 11, 12, 13].map((seq) => slotOf(slots, seq)),
    [0, 2, 3, 6],
  );
  t.is(slotOf(slots, 9), undefined);
  t.is(slotOf(slots, 14), undefined);
});
