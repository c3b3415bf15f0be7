import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import test from 'ava';
import { hasEnded } from '../../../../provisioning/hosts/local-process.ts';
import { unreaped } from '../../_sh.ts';

test('this process and process 1 have not ended, for any user', (t) => {
  t.false(hasEnded(process.pid));
  t.false(hasEnded(1));
});

test('a reaped process has ended', async (t) => {
  const child = spawn('true');
  await once(child, 'exit');
  t.true(hasEnded(child.pid ?? 0));
});

test('a zombie has ended', async (t) => {
  t.true(hasEnded((await unreaped(t)).pid));
});
