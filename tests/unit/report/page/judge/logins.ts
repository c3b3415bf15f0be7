import test from 'ava';
import { loginRows } from '../../../../../report/page/judge/logins.ts';
import { recordOf, resultsOf } from '../_results.ts';

const refused = { expected: { code: 5, answer: '20 02 00 05' } };

test('who was let in is counted from the code of CONNACK, told as a number or in its bytes', (t) => {
  const rows = loginRows(
    resultsOf([
      recordOf('auth.accepted.v311.sam.pi', { expected: { code: 0 }, observed: { code: 0, exitCode: 0 } }),
      recordOf('auth.accepted.v5.sam.pi', { expected: { code: 0 }, observed: { code: 135 }, verdict: 'fail' }),
      recordOf('auth.wrong-password.v311.sam.pi', {
        ...refused,
        observed: { answer: '20 02 00 05', closedBy: 'broker' },
      }),
      recordOf('auth.wrong-password.v311.sam.nul', {
        ...refused,
        observed: { answer: '20 02 00 00' },
        verdict: 'deviation',
      }),
      recordOf('auth.anonymous.v311.pi', { ...refused, observed: undefined, verdict: 'skipped' }),
    ]),
  );
  t.deepEqual(
    rows.map(({ kind, tried, wantedIn, letIn, verdict }) => [kind, tried, wantedIn, letIn, verdict]),
    [
      ['the right password', 2, 2, 1, 'fail'],
      ['a wrong password', 2, 0, 1, 'deviation'],
      ['no user name', 1, 0, 0, 'skipped'],
    ],
  );
});
