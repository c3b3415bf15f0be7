import test from 'ava';
import { judgeClean } from '../../../../checks/session/clean.ts';

test('fails a clean session that has a message or subscription of the earlier one', (t) => {
  const clean = { sessionPresent: false, queued: 0, later: 0 };
  t.is(judgeClean(clean).verdict, 'pass');
  t.regex(judgeClean({ ...clean, sessionPresent: true }).reason ?? '', /had the session/);
  t.regex(judgeClean({ ...clean, queued: 1 }).reason ?? '', /a message of the earlier session/);
  t.regex(judgeClean({ ...clean, later: 1 }).reason ?? '', /the subscription of the earlier session/);
});
