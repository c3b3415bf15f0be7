import test from 'ava';
import { rebootOf } from '../../../pi/reboot.ts';

test('only a machine with a kernel of its own is rebooted', (t) => {
  t.is(rebootOf({ isEmulated: true, mark: 'boot-1 77' }, 'boot-1').kind, 'process 1');
  t.is(rebootOf({ isEmulated: false, mark: 'boot-2 1' }, 'boot-1').kind, 'machine');
  t.is(rebootOf({ isEmulated: false, mark: 'boot-1 77' }, 'boot-1').kind, 'forbidden');
});
