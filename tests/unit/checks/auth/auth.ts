import test from 'ava';
import { hostBoundMs } from '../../../../checks/auth/auth.ts';

test('bounds the logins of a host by their number', (t) => {
  t.is(hostBoundMs(0), 30_000);
  t.is(hostBoundMs(604), 634_000);
});
