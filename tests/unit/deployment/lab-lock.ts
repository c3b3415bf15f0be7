import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { LabError } from '../../../base/errors.ts';
import { holdLab } from '../../../deployment/lab-lock.ts';
import { until } from '../../lab/support/until.ts';
import { PROJECT } from '../../suite/child.ts';
import { folderFor } from '../_sh.ts';

const NEVER = new AbortController().signal;
const BOUND_MS = 20_000;

/** A lab in a folder of its own; `hold` tells into `told`. */
function labFor(t: ExecutionContext) {
  const directory = folderFor(t);
  const told: string[] = [];
  const hold = (signal = NEVER, waitS?: number) =>
    holdLab({ directory, name: 'x' }, ({ host, text }) => told.push(`${host}: ${text}`), signal, waitS);
  return { file: join(directory, '.lab', 'locks', 'x'), directory, told, hold };
}

const HOLDER = new RegExp(
  `^x: process ${process.pid} \\(\\./lab.*, since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC\\) is`,
);

test('a second run says who has the lab, waits, and has it next', async (t) => {
  const { file, told, hold } = labFor(t);
  const first = await hold();
  t.is(statSync(file).mode & 0o777, 0o600);
  t.is(statSync(join(file, '..', '..')).mode & 0o777, 0o700);
  const order: string[] = [];
  const second = hold().then((held) => {
    order.push('second');
    return held;
  });
  await until('the note', BOUND_MS, () => told[0]);
  t.regex(told[0] ?? '', HOLDER);
  order.push('first ends');
  await first[Symbol.asyncDispose]();
  const held = await second;
  t.deepEqual(order, ['first ends', 'second']);
  t.is(told.length, 1);
  await held[Symbol.asyncDispose]();
  t.false(existsSync(file));
});

test('who does not get it in time is told so, exit code 2; Ctrl-C ends the wait', async (t) => {
  const { hold, told } = labFor(t);
  await using _held = await hold();
  const late = await t.throwsAsync(hold(NEVER, 1), { instanceOf: LabError });
  t.is(late.exitCode, 2);
  t.regex(late.message, /^x: hold the lab: process \d+ \(.*\) is still changing this lab after 1 s\n {2}try: /);
  const interrupt = new AbortController();
  const waiting = hold(interrupt.signal);
  await until('the second note', BOUND_MS, () => told[1]);
  interrupt.abort();
  t.regex((await t.throwsAsync(waiting)).message, /: interrupted$/);
});

test("a killed run's lock is no obstacle, nor is what its file says", async (t) => {
  const { directory, file, told, hold } = labFor(t);
  mkdirSync(join(directory, '.lab', 'locks'), { recursive: true });
  writeFileSync(file, '{ half of it');
  const killed = spawn('flock', ['--no-fork', file, 'sh', '-c', 'echo held; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.teardown(() => killed.kill('SIGKILL'));
  await once(killed.stdout, 'data');
  const held = hold();
  await until('the note', BOUND_MS, () => told[0]);
  killed.kill('SIGKILL');
  await using _held = await held;
  t.deepEqual(told, ['x: another run is changing this lab; waiting for its end']);
  t.regex(readFileSync(file, 'utf8'), new RegExp(`^\\{"pid":${process.pid},`));
});

/** A project whose npm notes its begin and end, and ends when the file `go` is there. */
function projectFor(t: ExecutionContext) {
  const folder = folderFor(t);
  const log = join(folder, 'log');
  for (const name of ['scripts/bootstrap.js', 'package-lock.json', 'package.json'])
    cpSync(join(PROJECT, name), join(folder, name));
  mkdirSync(join(folder, 'node_modules'));
  mkdirSync(join(folder, 'bin'));
  const npm = join(folder, 'bin', 'npm');
  writeFileSync(
    npm,
    `#!/bin/sh\necho begin >>${log}\nwhile [ ! -e ${folder}/go ]; do sleep 0.02; done\necho end >>${log}\n`,
  );
  chmodSync(npm, 0o755);
  writeFileSync(log, '');
  const start = () => {
    const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
    const child = spawn(process.execPath, [join(folder, 'scripts/bootstrap.js'), 'lab'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      told += chunk;
    });
    return { child, told: () => told };
  };
  const calls = () => readFileSync(log, 'utf8').split('\n').slice(0, -1);
  return { start, go: () => writeFileSync(join(folder, 'go'), ''), calls };
}

const WAITS = 'another mqtt-lab installs the dependencies: waiting for its end\n';

test('two starts after a change of package-lock.json: one installation', async (t) => {
  const { start, go, calls } = projectFor(t);
  const first = start();
  await until('npm', BOUND_MS, () => calls()[0]);
  const second = start();
  const ends = [first, second].map(({ child }) => once(child, 'close'));
  await until('the note', BOUND_MS, () => second.told() === WAITS || undefined);
  go();
  await Promise.all(ends);
  t.deepEqual(calls(), ['begin', 'end']);
});

test('an installation that outlives its killed start is waited for', async (t) => {
  const { start, go, calls } = projectFor(t);
  const first = start();
  await until('npm', BOUND_MS, () => calls()[0]);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = start();
  const end = once(second.child, 'close');
  await until('the note', BOUND_MS, () => second.told() === WAITS || undefined);
  t.deepEqual(calls(), ['begin']);
  go();
  await end;
  // nobody could note that all was installed
  t.deepEqual(calls(), ['begin', 'end', 'begin', 'end']);
});
