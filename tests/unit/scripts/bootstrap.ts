import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { until } from '../../lab/support/until.ts';
import { PROJECT } from '../../suite/child.ts';
import { folderFor } from '../_sh.ts';

const LIMIT_MS = 20_000;
const WAITS = 'another mqtt-lab is installing the dependencies; waiting for it to finish\n';

/** A project whose npm logs its scope and its end, and ends when `finish` has been called. */
function projectFor(t: ExecutionContext) {
  const folder = folderFor(t);
  const log = join(folder, 'log');
  for (const name of ['scripts/bootstrap.js', 'scripts/start.js', 'package-lock.json', 'package.json'])
    cpSync(join(PROJECT, name), join(folder, name));
  mkdirSync(join(folder, 'node_modules'));
  mkdirSync(join(folder, 'bin'));
  const npm = join(folder, 'bin', 'npm');
  const wait = `while [ ! -e ${folder}/finish ]; do sleep 0.02; done`;
  writeFileSync(npm, `#!/bin/sh\necho "begin $4" >>${log}\n${wait}\necho end >>${log}\n`);
  chmodSync(npm, 0o755);
  writeFileSync(log, '');
  const start = (command = 'lab') => {
    const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
    const child = spawn(process.execPath, [join(folder, 'scripts/bootstrap.js'), command], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    return { child, stderr: () => stderr, closed: once(child, 'close') };
  };
  return {
    start,
    finish: () => writeFileSync(join(folder, 'finish'), ''),
    calls: () => readFileSync(log, 'utf8').split('\n').slice(0, -1),
    changeLockFile: () => appendFileSync(join(folder, 'package-lock.json'), '\n'),
  };
}

test('installs once when two start after a change of package-lock.json', async (t) => {
  const { start, finish, calls } = projectFor(t);
  const first = start();
  await until('npm', LIMIT_MS, () => calls()[0]);
  const second = start();
  await until('the note', LIMIT_MS, () => second.stderr() === WAITS || undefined);
  finish();
  await Promise.all([first.closed, second.closed]);
  t.deepEqual(calls(), ['begin --workspaces=false', 'end']);
});

test('waits for the npm of a start that was killed, then installs again', async (t) => {
  const { start, finish, calls } = projectFor(t);
  const first = start();
  await until('npm', LIMIT_MS, () => calls()[0]);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = start();
  await until('the note', LIMIT_MS, () => second.stderr() === WAITS || undefined);
  t.deepEqual(calls(), ['begin --workspaces=false']);
  finish();
  await second.closed;
  // nothing noted that the first installation was complete
  t.deepEqual(calls(), ['begin --workspaces=false', 'end', 'begin --workspaces=false', 'end']);
});

test('./lab installs the packages that it bundles, the tools install all', async (t) => {
  const { start, finish, calls } = projectFor(t);
  finish();
  const run = async (command: string) => await start(command).closed;
  await run('lab');
  await run('lab');
  t.deepEqual(calls(), ['begin --workspaces=false', 'end']);
  await run('tests/bench/main');
  await run('lab');
  t.deepEqual(calls().slice(2), ['begin --no-audit', 'end']);
});

test('./lab keeps the tools up to date where they are installed', async (t) => {
  const { start, finish, calls, changeLockFile } = projectFor(t);
  finish();
  await start('tests/bench/main').closed;
  changeLockFile();
  await start('lab').closed;
  t.deepEqual(calls(), ['begin --no-audit', 'end', 'begin --no-audit', 'end']);
});

test('a command ends with its exit code although it leaves a timer behind', (t) => {
  const words = ['scripts/bootstrap.js', 'tests/unit/scripts/_hanging'];
  const { status, signal, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 60_000 });
  t.deepEqual({ status, signal, stderr }, { status: 7, signal: null, stderr: '' });
});
