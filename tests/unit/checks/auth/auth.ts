import test from 'ava';
import { hostBoundMs } from '../../../../checks/auth/auth.ts';

test('the bound on the logins of a host grows with their number', (t) => {
  t.is(hostBoundMs(0), 30_000);
  t.is(hostBoundMs(604), 634_000);
});
