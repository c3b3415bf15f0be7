import test from 'ava';
import { median } from '../../../live/median.ts';

test('takes the median', (t) => {
  t.is(median([]), undefined);
  t.is(median([3, 1, 2]), 2);
  t.is(median([4, 1, 3, 2]), 2.5);
});
