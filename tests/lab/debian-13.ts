import test from 'ava';
import { ownLab } from './support/own-lab.ts';

const theLab = ownLab('debian-13', {}, 13);

test.serial('up makes a lab of Debian 13 that passes verification', async (t) => {
  const { code, all } = await theLab().run(['up']);
  t.is(code, 0, all);
  t.regex(all, /^hosts: 6 changed$/m);
  const { stdout } = await theLab().run(['status']);
  t.regex(stdout, /Debian GNU\/Linux 13/);
});

test.serial('a second up changes nothing', async (t) => {
  const { code, all } = await theLab().run(['up', '--no-verify']);
  t.is(code, 0, all);
  t.regex(all, /^hosts: 0 changed$/m);
});
