import test from 'ava';
import { quantile } from '../../../../records/measured/quantile.ts';

const values = [50, 10, 40, 20, 30];

for (const [share, wanted] of [
  [0, 10],
  [0.2, 10],
  [0.21, 20],
  [0.5, 30],
  [0.99, 50],
  [1, 50],
] as const) {
  test(`takes quantile ${share} from the values`, (t) => {
    t.is(quantile(values, share), wanted);
    t.deepEqual(values, [50, 10, 40, 20, 30], 'left in their order');
  });
}

test('gives NaN without values', (t) => {
  t.is(quantile([], 0.5), Number.NaN);
});
