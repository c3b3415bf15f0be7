import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import test from 'ava';
import { hasEnded } from '../../../../provisioning/hosts/local-process.ts';
import { unreaped } from '../../_sh.ts';

test('finds this process and process 1 alive, as any user', (t) => {
  t.false(hasEnded(process.pid));
  t.false(hasEnded(1));
});

test('finds that a reaped process has ended', async (t) => {
  const child = spawn('true');
  await once(child, 'exit');
  t.true(hasEnded(child.pid ?? 0));
});

test('finds that a zombie has ended', async (t) => {
  t.true(hasEnded((await unreaped(t)).pid));
});
