import test from 'ava';
import { loginRows } from '../../../../../report/page/analysis/logins.ts';
import { recordOf, resultsOf } from '../_results.ts';

const accepted = (isAccepted: boolean) => ({ accepted: isAccepted });
const refused = { expected: accepted(false) };

test('counts accepted logins of each kind', (t) => {
  const rows = loginRows(
    resultsOf([
      recordOf('auth.accepted.v311.sam.pi', { expected: accepted(true), observed: accepted(true) }),
      recordOf('auth.accepted.v5.sam.pi', { expected: accepted(true), observed: accepted(false), verdict: 'fail' }),
      recordOf('auth.wrong-password.v311.sam.pi', {
        ...refused,
        observed: accepted(false),
      }),
      recordOf('auth.wrong-password.v311.sam.nul.this-machine', {
        ...refused,
        observed: accepted(true),
        verdict: 'deviation',
      }),
      recordOf('auth.anonymous.v311.pi', { ...refused, observed: undefined, verdict: 'skipped' }),
    ]),
  );
  t.deepEqual(
    rows.map((row) => [row.kind, row.tried, row.expected, row.accepted, row.verdict]),
    [
      ['the right password', 2, 2, 1, 'fail'],
      ['a wrong password', 2, 0, 1, 'deviation'],
      ['no user name', 1, 0, 0, 'skipped'],
    ],
  );
});
