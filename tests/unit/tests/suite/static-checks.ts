import process from 'node:process';
import test from 'ava';
import { checkStatically } from '../../../suite/static-checks.ts';

/** Runs one check; its lines without the time. */
async function check(program: string, script = '') {
  const lines: string[] = [];
  const checks = [{ name: 'it', program, args: ['-e', script] }];
  const tally = await checkStatically(checks, (line) => lines.push(line), new AbortController().signal);
  return { tally, lines: lines.map((line) => line.replace(/ \([\d.]+ s\)$/, '')) };
}

test('a check that passes prints its result alone', async (t) => {
  const passed = await check(process.execPath, 'console.log("fine")');
  t.deepEqual(passed, { tally: { passed: 1, failed: 0 }, lines: ['  ✔ it'] });
});

test('a check that fails prints its complaints', async (t) => {
  const failed = await check(process.execPath, 'console.log("wrong"); process.exitCode = 1');
  t.deepEqual(failed, { tally: { passed: 0, failed: 1 }, lines: ['  wrong', '  ✘ [fail]: it'] });
});

test('a missing program is reported in one line and is no failure', async (t) => {
  const { tally, lines } = await check('no-such-program');
  t.deepEqual(tally, { passed: 0, failed: 0 });
  t.is(lines.length, 1);
  t.regex(lines[0] ?? '', /not checked.*no-such-program is missing; apt-get install no-such-program/);
});
