import test from 'ava';
import { type CounterEvent, type Counters, parseCounterLine } from '../../../../probes/network/connection-counters.ts';

const counted = (port: number, counters: Counters): CounterEvent => ({ kind: 'counters', port, counters });

/** [case; line of the program; the event]. A capture of the first connection had ten segments of 587 bytes in all. */
const rows: readonly (readonly [what: string, line: string, event: CounterEvent | undefined])[] = [
  [
    'connected and subscribed, with time stamps',
    'COUNTERS 48156 4 7 42 0 9 6 4',
    counted(48156, { streamBytes: 51, ipBytes: 587, segments: 10, resentBytes: 0 }),
  ],
  [
    'after one more ping: three segments of 52 bytes, and 4 of MQTT',
    'COUNTERS 48156 4 7 44 0 11 8 5',
    counted(48156, { streamBytes: 55, ipBytes: 747, segments: 13, resentBytes: 0 }),
  ],
  [
    'a retransmission counts on the network and not in the stream',
    'COUNTERS 48156 4 7 44 2 11 8 5',
    counted(48156, { streamBytes: 53, ipBytes: 747, segments: 13, resentBytes: 2 }),
  ],
  [
    'without time stamps',
    'COUNTERS 48156 4 6 42 0 9 6 4',
    counted(48156, { streamBytes: 51, ipBytes: 51 + 10 * 40 + 24, segments: 10, resentBytes: 0 }),
  ],
  [
    'over IPv6',
    'COUNTERS 48156 6 7 42 0 9 6 4',
    counted(48156, { streamBytes: 51, ipBytes: 51 + 10 * 72 + 16, segments: 10, resentBytes: 0 }),
  ],
  ['a round', 'ROUND 1234.5', { kind: 'round', monotonicMs: 1234.5 }],
  [
    'no counters',
    'UNAVAILABLE sock_diag: No such file or directory',
    { kind: 'unavailable', reason: 'sock_diag: No such file or directory' },
  ],
  ['half a line', 'COUNTERS 48156 4 7', undefined],
  ['something else', 'Traceback (most recent call last):', undefined],
];

for (const [what, line, event] of rows) {
  test(`parses counters of a connection: ${what}`, (t) => {
    t.deepEqual(parseCounterLine(line), event);
  });
}
