import test from 'ava';
import { measured } from '../../../../../records/measurements.ts';
import type { CheckRecord } from '../../../../../records/record.ts';
import { exchangesText } from '../../../../../report/page/analysis/keep-alive-exchanges.ts';
import { trafficRecord } from '../_keep-alive.ts';
import { recordOf, resultsOf } from '../_results.ts';

const fast = trafficRecord(5, 'mosquitto', 'idle');
const slow = trafficRecord(25, 'mosquitto', 'idle');
const unmeasured = (verdict: CheckRecord['verdict'], reason: string): CheckRecord => {
  return recordOf(slow.id, { verdict, reason, observed: null });
};

/** [records; the text] */
const rows: readonly (readonly [string, readonly CheckRecord[], string])[] = [
  ['both', [fast, slow], 'In parallel, a message each, and then only the keep alive.'],
  [
    'one after the other',
    [fast, { ...slow, startedAt: fast.startedAt + fast.durationMs }],
    'Not at the same time, a message each, and then only the keep alive.',
  ],
  [
    'one is skipped',
    [fast, unmeasured('skipped', 'the lab file allows a keep alive of 20 s at most')],
    'One exchange, with a keep alive of 5 s: a message, and then only the keep alive. The exchange with 25 s was skipped: the lab file allows a keep alive of 20 s at most.',
  ],
  [
    'one failed',
    [fast, unmeasured('fail', 'no CONNACK')],
    'One exchange, with a keep alive of 5 s: a message, and then only the keep alive. The exchange with 25 s gave no measurement: no CONNACK.',
  ],
  [
    'one alone, and others of another place and of busy clients',
    [
      fast,
      recordOf('keepalive.traffic.25s.mosquitto.idle.pi2'),
      recordOf('keepalive.traffic.5s.mosquitto.publishes-q0.pi'),
    ],
    'One exchange, with a keep alive of 5 s: a message, and then only the keep alive.',
  ],
];

for (const [what, records, text] of rows) {
  test(`describes the exchanges of ${what}`, (t) => {
    const results = resultsOf(records);
    const [first, ...others] = measured(results.checks, 'traffic');
    if (first === undefined) return t.fail('no exchange');
    t.is(exchangesText(results, [first, ...others]), text);
  });
}
