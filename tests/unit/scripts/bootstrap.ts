import { spawnSync } from 'node:child_process';
import process from 'node:process';
import test from 'ava';

test('a command ends with its exit code although it leaves a timer behind', (t) => {
  const words = ['scripts/bootstrap.js', 'tests/unit/scripts/_hanging'];
  const { status, signal, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 60_000 });
  t.deepEqual({ status, signal, stderr }, { status: 7, signal: null, stderr: '' });
});
