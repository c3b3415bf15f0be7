import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { LabError } from '../../../base/errors.ts';
import { holdLab } from '../../../deployment/lab-lock.ts';
import { until } from '../../lab/support/until.ts';
import { folderFor } from '../_sh.ts';

const NEVER = new AbortController().signal;
const BOUND_MS = 20_000;

/** A lab in a folder of its own; `hold` reports into `notes`. */
function labFor(t: ExecutionContext) {
  const directory = folderFor(t);
  const notes: string[] = [];
  const hold = (signal = NEVER, waitS?: number) =>
    holdLab({ directory, name: 'x' }, ({ host, text }) => notes.push(`${host}: ${text}`), signal, waitS);
  return { file: join(directory, '.lab', 'locks', 'x'), directory, notes, hold };
}

const HOLDER = new RegExp(
  `^x: process ${process.pid} \\(\\./lab.*, since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC\\) is`,
);

test('reports who has the lab, waits, and gets it next', async (t) => {
  const { file, notes, hold } = labFor(t);
  const first = await hold();
  t.is(statSync(file).mode & 0o777, 0o600);
  t.is(statSync(join(file, '..', '..')).mode & 0o777, 0o700);
  const order: string[] = [];
  const second = hold().then((held) => {
    order.push('second');
    return held;
  });
  await until('the note', BOUND_MS, () => notes[0]);
  t.regex(notes[0] ?? '', HOLDER);
  order.push('first ends');
  await first[Symbol.asyncDispose]();
  const held = await second;
  t.deepEqual(order, ['first ends', 'second']);
  t.is(notes.length, 1);
  await held[Symbol.asyncDispose]();
  t.false(existsSync(file));
});

test('throws with exit code 2 for a lab that is not free in time, and ends the wait on Ctrl-C', async (t) => {
  const { hold, notes } = labFor(t);
  await using _held = await hold();
  const late = await t.throwsAsync(hold(NEVER, 1), { instanceOf: LabError });
  t.is(late.exitCode, 2);
  t.regex(late.message, /^x: lock the lab: process \d+ \(.*\) is still changing this lab after 1 s\n {2}try: /);
  const interrupt = new AbortController();
  const waiting = hold(interrupt.signal);
  await until('the second note', BOUND_MS, () => notes[1]);
  interrupt.abort();
  t.regex((await t.throwsAsync(waiting)).message, /: interrupted$/);
});

test('ignores the lock file of a killed run', async (t) => {
  const { directory, file, notes, hold } = labFor(t);
  mkdirSync(join(directory, '.lab', 'locks'), { recursive: true });
  writeFileSync(file, '{ half of it');
  const killed = spawn('flock', ['--no-fork', file, 'sh', '-c', 'echo held; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.teardown(() => killed.kill('SIGKILL'));
  await once(killed.stdout, 'data');
  const held = hold();
  await until('the note', BOUND_MS, () => notes[0]);
  killed.kill('SIGKILL');
  await using _held = await held;
  t.deepEqual(notes, ['x: another run is changing this lab; waiting until it ends']);
  t.regex(readFileSync(file, 'utf8'), new RegExp(`^\\{"pid":${process.pid},`));
});
