import test from 'ava';
import type { CheckRecord } from '../../../../../records/record.ts';
import { allowedText, limitOf } from '../../../../../report/page/analysis/keep-alive-allowed.ts';
import { recordOf } from '../_results.ts';

const limit = (more: Partial<CheckRecord>) => recordOf('keepalive.limit.v5', more);

/** [records; the limit; facts in the text] */
const rows: readonly (readonly [string, readonly CheckRecord[], number, RegExp])[] = [
  [
    'the limit that the broker announced',
    [limit({ expected: { accepted: true, serverKeepAlive: 600 }, observed: { accepted: true, serverKeepAlive: 600 } })],
    600,
    /to 600 s, the longest that this broker allows\./,
  ],
  [
    'an announced limit that differs from the lab file',
    [
      limit({
        verdict: 'fail',
        expected: { accepted: true, serverKeepAlive: 600 },
        observed: { accepted: true, serverKeepAlive: 65_535 },
      }),
    ],
    65_535,
    /to 65,535 s, the longest that this broker allows\..* so longer ones may be too long for it\.$/,
  ],
  [
    'a broker that announced no limit',
    [limit({ verdict: 'fail', expected: { accepted: true, serverKeepAlive: 600 }, observed: null })],
    600,
    /to 600 s, the longest that the lab file allows .*broker did not report/,
  ],
  [
    'a check that was skipped',
    [limit({ verdict: 'skipped', expected: null, observed: null })],
    1200,
    /to 1,200 s, the default of a lab file, since this run did not measure/,
  ],
  [
    'no record of it',
    [recordOf('keepalive.limit.v311', { observed: { accepted: true } })],
    1200,
    /the default of a lab file/,
  ],
  [
    'a limit just below what a router keeps',
    [limit({ observed: { accepted: true, serverKeepAlive: 7_439 } })],
    7_439,
    /so none of these is too long for it\.$/,
  ],
  [
    'a limit of what a router keeps',
    [limit({ observed: { accepted: true, serverKeepAlive: 7_440 } })],
    7_440,
    /7,440 s \(RFC 5382, REQ-5\), so longer/,
  ],
];

for (const [what, checks, seconds, text] of rows) {
  test(`takes the longest keep alive from ${what}`, (t) => {
    const found = limitOf({ checks });
    t.is(found.seconds, seconds);
    t.regex(allowedText(found), text);
  });
}
