import test from 'ava';
import { measured } from '../lab/support/measured.ts';
import { ownLab } from '../lab/support/own-lab.ts';

const theLab = ownLab('measurements');

test.serial('starts the lab', async (t) => {
  const { code, all } = await theLab().run(['up', '--no-verify']);
  t.is(code, 0, all);
});

test.serial('measures the sizes of a capture, and its latencies to 0.2 ms at the median', async (t) => {
  await measured(t, theLab(), true);
});
