import test from 'ava';
import { ownLab } from '../lab/support/own-lab.ts';

const theLab = ownLab('debian-13', {}, { debian: 13 });

test.serial('up makes a lab of Debian 13 that passes verification', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.regex(up.all, /^hosts: 6 changed$/m);
  // what a default run measures beyond it, it measures on Debian 12
  const verify = await theLab().run(['verify', '--quick']);
  t.is(verify.code, 0, verify.all);
  const { stdout } = await theLab().run(['status']);
  t.regex(stdout, /Debian GNU\/Linux 13/);
});

test.serial('a second up changes nothing', async (t) => {
  const { code, all } = await theLab().run(['up', '--no-verify']);
  t.is(code, 0, all);
  t.regex(all, /^hosts: 0 changed$/m);
});
