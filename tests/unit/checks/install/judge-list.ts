import test from 'ava';
import { judgeList } from '../../../../checks/install/judge-list.ts';

test('names missing and unexpected entries', (t) => {
  t.is(judgeList(['alice', 'sam'], ['sam', 'alice']).verdict, 'pass');
  const { reason = '', advice } = judgeList(['sam', 'mallory'], ['sam', 'alice']);
  t.regex(reason, /missing: alice; not in the lab file: mallory/);
  t.regex(advice ?? '', /lab up/);
});
