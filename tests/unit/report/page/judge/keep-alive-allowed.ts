import test from 'ava';
import type { CheckRecord } from '../../../../../records/record.ts';
import { allowedText, limitOf } from '../../../../../report/page/judge/keep-alive-allowed.ts';
import { recordOf } from '../_results.ts';

const limit = (more: Partial<CheckRecord>) => recordOf('keepalive.limit.v5', more);

/** [what there is; the limit; what is said of it] */
const rows: readonly (readonly [string, readonly CheckRecord[], number, RegExp])[] = [
  [
    'what the broker told',
    [limit({ expected: { told: 600 }, observed: { told: 600 } })],
    600,
    /to 600 s, the longest of this broker\./,
  ],
  [
    'what the broker told, which is not what was wanted',
    [limit({ verdict: 'fail', expected: { told: 600 }, observed: { told: 65_535 } })],
    65_535,
    /to 65,535 s, the longest of this broker\..* so those from there on may be too long for it\.$/,
  ],
  [
    'a broker that did not tell',
    [limit({ verdict: 'fail', expected: { told: 600 }, observed: null })],
    600,
    /to 600 s, the longest that the lab file allows; what the broker allows was not told in this run\./,
  ],
  [
    'a check that was skipped',
    [limit({ verdict: 'skipped', expected: null, observed: null })],
    1200,
    /to 1,200 s, which is assumed: the longest of this broker is not known in this run/,
  ],
  ['no record of it', [recordOf('keepalive.limit.v311', { observed: { accepted: true } })], 1200, /is assumed/],
  [
    'a limit just below what a router keeps',
    [limit({ observed: { told: 7_439 } })],
    7_439,
    /so none of these is too long for it\.$/,
  ],
  [
    'a limit of what a router keeps',
    [limit({ observed: { told: 7_440 } })],
    7_440,
    /7,440 s \(RFC 5382, REQ-5\), so those/,
  ],
];

for (const [what, checks, seconds, text] of rows) {
  test(`the longest keep alive by ${what}`, (t) => {
    const found = limitOf({ checks });
    t.is(found.seconds, seconds);
    t.regex(allowedText(found), text);
  });
}
