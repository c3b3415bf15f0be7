import test from 'ava';
import { notAllTheTime } from '../../../../checks/keepalive/receive-only.ts';

test('requires a receive-only client to receive until its end', (t) => {
  t.is(notAllTheTime(900, 0), undefined);
  t.truthy(notAllTheTime(2_100, 50));
  t.is(notAllTheTime(2_100, 150), undefined);
  t.truthy(notAllTheTime(undefined, 0));
});
