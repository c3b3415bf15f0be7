import test from 'ava';
import { judgeClientTopics, type Wrong } from '../../../../checks/acl/client-id.ts';
import type { ConnectionAfter } from '../../../../checks/acl/publication.ts';
import type { Verdict } from '../../../../records/record.ts';

const MUCH: Wrong = { kind: 'too much', text: 'reached' };
const LITTLE: Wrong = { kind: 'too little', text: 'did not reach' };

/** [what was wrong; the connections afterwards; verdict on the lab's broker and on an external one] */
const CASES: readonly (readonly [readonly Wrong[], readonly ConnectionAfter[], ours: Verdict, there: Verdict])[] = [
  [[], ['answered', 'answered'], 'pass', 'pass'],
  [[LITTLE], ['answered'], 'fail', 'fail'],
  [[MUCH], ['answered'], 'fail', 'fail'],
  [[MUCH, LITTLE], ['closed'], 'fail', 'fail'],
  [[LITTLE], ['closed'], 'fail', 'skipped'],
  [[], ['closed'], 'fail', 'pass'],
  [[], ['silent'], 'fail', 'fail'],
];

for (const [wrong, after, ours, there] of CASES) {
  test(`judges ${JSON.stringify(wrong.map(({ kind }) => kind))} with the connections ${after}`, (t) => {
    t.is(judgeClientTopics(wrong, after, 'lab').verdict, ours);
    t.is(judgeClientTopics(wrong, after, 'external').verdict, there);
  });
}

test('names what was too much first', (t) => {
  t.is(judgeClientTopics([LITTLE, MUCH], ['closed'], 'lab').reason, 'reached');
});
