import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import test from 'ava';
import { quote } from '../../../../base/quote.ts';
import type { Command, Running } from '../../../../provisioning/hosts/host.ts';
import { localHost } from '../../../../provisioning/hosts/local.ts';
import { shellInput, shellWords } from '../../../../provisioning/hosts/shell.ts';
import { until } from '../../../lab/support/until.ts';
import { sh } from '../../_sh.ts';

const BOUND_MS = 20_000;
const command: Command = { step: 'talk', script: 'cat', timeoutMs: BOUND_MS, keepsInput: true };

function start(script: string): { readonly running: Running; readonly lines: string[] } {
  const lines: string[] = [];
  const running = localHost('here').start({ ...command, script, onLine: (line) => lines.push(line) });
  return { running, lines };
}

test('a script reads what is written while it runs, until its input ends', async (t) => {
  const { running, lines } = start('echo begun\nwhile IFS= read -r line; do echo "got $line"; done\necho ended\ncat');
  running.input?.write('first\n');
  await until('the first answer', BOUND_MS, () => lines.includes('got first') || undefined);
  running.input?.write('second\n');
  running.input?.end();
  t.is((await running.result).code, 0);
  t.deepEqual(lines, ['begun', 'got first', 'got second', 'ended']);
});

test('a program on other descriptors gets the input byte for byte', async (t) => {
  const { running } = start("cat /dev/fd/3 - 3<<'END'\ntext\nEND");
  running.input?.write(' \\t $x\n\n# the script is complete\n');
  running.input?.end();
  t.is((await running.result).stdout, 'text\n \\t $x\n\n# the script is complete\n');
});

test('the input of other commands is empty, and cannot be written to', async (t) => {
  const running = localHost('here').start({ step: 'read', script: 'cat; echo read', timeoutMs: BOUND_MS });
  t.is(running.input, undefined);
  t.is((await running.result).stdout, 'read\n');
});

test('writing to a command that has ended does nothing', async (t) => {
  const { running } = start('exit 3');
  t.is((await running.result).code, 3);
  running.input?.write('late\n');
  running.input?.end();
});

test('only the end of the output of a long conversation remains', async (t) => {
  const { running, lines } = start('for i in 1 2 3 4 5 6 7 8; do printf "%9999s\\n" "$i"; done');
  const { stdout } = await running.result;
  t.is(lines.length, 8);
  t.true(stdout.length < 30_000);
  t.true(stdout.endsWith('8\n'));
});

test('a script that keeps its input does not run when it arrived in part', (t) => {
  const line = shellWords([], command).map(quote).join(' ');
  t.false(line.includes('\n'));
  const input = shellInput('echo ran; cat');
  const run = (text: string) => sh(`printf %s ${quote(text)} | ${line}`);
  t.regex(run(`${input}more`).stdout, /\nran\nmore$/);
  for (const part of [input.slice(0, -2), input.slice(0, 3), '', input.slice(input.indexOf('\n') + 1)]) {
    const { code, stderr } = run(part);
    t.is(code, 1);
    t.regex(stderr, /^the script arrived in part$/m);
  }
});

test('the input ends when the process that writes to it is killed', async (t) => {
  const line = shellWords([], command).map(quote).join(' ');
  // its parent leaves the pipe to it alone
  const script = `const { spawn } = require('node:child_process');
const child = spawn('sh', ['-c', process.argv[1]], { stdio: ['pipe', 'inherit', 'inherit'] });
child.stdin.write(process.argv[2]);`;
  const input = shellInput('echo begun; cat >/dev/null; echo over');
  const parent = spawn(process.execPath, ['-e', script, line, input], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  parent.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await until('the begin of the script', BOUND_MS, () => output.includes('begun') || undefined);
  t.false(output.includes('over'));
  const closed = once(parent, 'close');
  parent.kill('SIGKILL');
  await closed;
  t.regex(output, /begun\nover\n$/);
});
