import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import test from 'ava';
import { PROCESS_FUNCTIONS } from '../../../../provisioning/resources/processes.ts';
import { folderFor, sh, unreaped } from '../../_sh.ts';

const ask = (question: string) => sh(`${PROCESS_FUNCTIONS}\n${question}`).stdout.trim();
const MY_NAME = readFileSync('/proc/self/comm', 'utf8').trim();

test('finds a listener by its port, with process and command line', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') return t.fail('no port');
  t.regex(ask(`port_holder ${address.port}`), new RegExp(`^${process.pid} \\S*node `));
  t.regex(ask(`listener_inodes 1 ${address.port}`), /^\d+$/);
  await new Promise((resolve) => server.close(resolve));
  t.is(ask(`port_holder ${address.port}`), '');
});

test("shows a listener's command line as one line, whatever it holds", async (t) => {
  const words = ['x\nfile /etc/shadow', '\u001b]0;title\u0007', '$(id) `id` %s', "it's"];
  const program = "const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))";
  const child = spawn(process.execPath, ['-e', program, ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.teardown(() => child.kill('SIGKILL'));
  const [port] = await once(child.stdout, 'data');
  const holder = ask(`port_holder ${String(port).trim()}`);
  t.is(holder.split('\n').length, 1);
  t.true(holder.startsWith(`${child.pid} `));
  t.true(holder.endsWith("x file /etc/shadow  ]0;title  $(id) `id` %s it's"), holder);
});

test('finds a process by its name and a word of its command line', (t) => {
  const words = readFileSync('/proc/self/cmdline', 'utf8').split('\0');
  const word = words.find((candidate) => candidate.includes('/')) ?? '';
  t.true(ask(`pids_of '${MY_NAME}'`).split('\n').includes(String(process.pid)));
  t.true(ask(`pids_of '${MY_NAME}' '${word}'`).split('\n').includes(String(process.pid)));
  t.is(ask(`pids_of '${MY_NAME}' '${word.slice(0, -1)}'`), '');
  t.is(ask('pids_of no-such-process'), '');
});

test("gives the same start of a process each time, different from another's", (t) => {
  const first = ask(`started_at ${process.pid}`);
  t.regex(first, /^\d+$/);
  t.is(ask(`started_at ${process.pid}`), first);
  t.not(ask('started_at $$'), first);
});

test('does not find a zombie, and removes its pid file', async (t) => {
  const { pid, name } = await unreaped(t);
  t.is(readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), name);
  t.is(ask(`pids_of ${name}`), '');
  const file = join(folderFor(t), 'its.pid');
  writeFileSync(file, `${pid}`);
  ask(`remove_stale_pid_file ${file} ${name}`);
  t.false(existsSync(file));
});

test('removes a pid file whose process has ended or is another, and keeps that of its writer', (t) => {
  const file = join(folderFor(t), 'daemon.pid');
  const staysWith = (pid: string, name: string) => {
    writeFileSync(file, pid);
    ask(`remove_stale_pid_file ${file} '${name}'`);
    return existsSync(file);
  };
  t.true(staysWith(`${process.pid}`, MY_NAME));
  t.true(staysWith(`${process.pid}\n`, MY_NAME));
  t.false(staysWith(`${process.pid}`, 'dockerd'));
  t.false(staysWith('4194305', MY_NAME), 'an id above the largest (proc(5), pid_max)');
  t.false(staysWith('', MY_NAME));
  t.is(ask(`remove_stale_pid_file ${file} '${MY_NAME}'; echo $?`), '0', 'no file');
});
