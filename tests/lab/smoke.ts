import test from 'ava';
import { ownLab } from './support/own-lab.ts';
import { smoke } from './support/smoke.ts';

const theLab = ownLab('smoke', { pis: {} }, { installed: true });

test.serial('the checks pass as AVA tests against a lab that is up', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  const { code, output } = await smoke(theLab(), 'auth');
  t.is(code, 0, output);
  t.regex(output, /✔ auth\./);
});
