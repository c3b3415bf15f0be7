import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import test from 'ava';
import { hasEnded } from '../../../../provisioning/hosts/local-process.ts';
import { unreaped } from '../../_sh.ts';

test('this process lives, and so does process 1, whoever asks', (t) => {
  t.false(hasEnded(process.pid));
  t.false(hasEnded(1));
});

test('a process that was reaped has ended', async (t) => {
  const child = spawn('true');
  await once(child, 'exit');
  t.true(hasEnded(child.pid ?? 0));
});

test('a process that nobody has reaped has ended', async (t) => {
  t.true(hasEnded((await unreaped(t)).pid));
});
