import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import test from 'ava';
import { quote } from '../../../../base/quote.ts';
import { type Host, run, stepFailed, tryRun } from '../../../../provisioning/hosts/host.ts';
import { localHost } from '../../../../provisioning/hosts/local.ts';
import { folderFor, programsFor } from '../../_sh.ts';

const host: Host = localHost('kitchen');

/** [output; the error] */
const rows: readonly (readonly [stdout: string, stderr: string, message: string])[] = [
  ['', '', 'kitchen: step: exit code 1, no output'],
  ['out\n', '', 'kitchen: step: exit code 1\n    out'],
  ['out\n', 'err\n', 'kitchen: step: exit code 1\n    err'],
  [
    '',
    'sudo: a password is required\n',
    'kitchen: step: exit code 1\n    sudo: a password is required\n  try: run `sudo -v` first on the same terminal, run the command as root, or let this user use sudo without a password (sudoers(5), NOPASSWD)',
  ],
  [
    '',
    'pi is not in the sudoers file.\n',
    'kitchen: step: exit code 1\n    pi is not in the sudoers file.\n  try: log in as root or as a user who may use sudo',
  ],
];

test('throws with exit code 2 and the supported systems for a host without util-linux’s setsid', (t) => {
  for (const stderr of ['sh: 1: setsid: not found\n', 'setsid: unrecognized option: w\nBusyBox v1.36.1\n']) {
    const { trouble, exitCode } = stepFailed(host, 'look', { code: 1, stdout: '', stderr });
    t.is(exitCode, 2);
    t.regex(trouble.happened, /setsid is not util-linux's\n {4}.*setsid: /);
    t.regex(trouble.advice ?? '', /Debian 12 or 13/);
  }
});

for (const [stdout, stderr, message] of rows) {
  test(`explains a failed step with the output ${JSON.stringify(stdout + stderr)}`, (t) => {
    t.is(stepFailed(host, 'step', { code: 1, stdout, stderr }).message, message);
  });
}

test.serial('says what to try where sudo asks on this machine, in any language', async (t) => {
  const says = (words: string) => `echo "sudo: ${words}" >&2`;
  const sudo = `[ "$LC_ALL" = C ] || { ${says('Ein Passwort ist notwendig')}; exit 1; }\n${says('a password is required')}\nexit 1`;
  const { getuid } = process;
  const { PATH, LC_ALL } = process.env;
  t.teardown(() => Object.assign(process, { getuid }) && Object.assign(process.env, { PATH, LC_ALL: LC_ALL ?? 'C' }));
  Object.assign(process, { getuid: () => 1_000 });
  Object.assign(process.env, { PATH: `${programsFor(t, { sudo })}:${PATH}`, LC_ALL: 'de_DE.UTF-8' });
  await t.throwsAsync(run(localHost('broker'), { step: 'restart', script: 'true', root: true, timeoutMs: 10_000 }), {
    message: /^broker: restart: exit code 1\n {4}sudo: a password is required\n {2}try: run `sudo -v` /,
  });
});

test.serial('finds the system’s own programs before others of the same name', async (t) => {
  const { PATH } = process.env;
  t.teardown(() => Object.assign(process.env, { PATH }));
  process.env.PATH = `${programsFor(t, { chroot: 'true' })}:${PATH}`;
  const { stdout } = await run(host, { step: 'find', script: 'command -v chroot', timeoutMs: 10_000 });
  t.regex(stdout, /^\/usr\/sbin\/|^\/sbin\//);
});

test('runs a command on this machine: output, lines, exit code', async (t) => {
  const lines: string[] = [];
  const script = 'echo one; echo two >&2; exit 5';
  const onLine = (line: string, stream: string) => lines.push(`${stream} ${line}`);
  const result = await tryRun(host, { step: 'talk', script, timeoutMs: 10_000, onLine });
  t.deepEqual(result, { code: 5, stdout: 'one\n', stderr: 'two\n' });
  t.deepEqual(lines.sort(), ['stderr two', 'stdout one']);
  await t.throwsAsync(run(host, { step: 'talk', script, timeoutMs: 10_000 }, 'do this'), {
    message: 'kitchen: talk: exit code 5\n    two\n  try: do this',
  });
});

test('names the signal that ended a command from outside', async (t) => {
  await t.throwsAsync(run(host, { step: 'wait', script: 'kill -KILL $$', timeoutMs: 10_000 }), {
    message: /^kitchen: wait: ended by SIGKILL \(exit code 137\).*\n {2}try: .*memory/s,
  });
});

test('ends everything that a command started after its time limit', async (t) => {
  const running = host.start({ step: 'wait', script: 'sleep 60 & echo $!; sleep 60', timeoutMs: 300 });
  const error = await t.throwsAsync(running.result);
  t.is(error?.message.split('\n')[0], 'kitchen: wait: not finished after 0.3 s');
  t.deepEqual(processesOf(await running.group), []);
});

/** Process ids of a group (proc(5), stat); zombies, which some containers never reap, have ended. */
function processesOf(group: number): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [state, , groupOf] = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return Number(groupOf) === group && state !== 'Z';
    } catch {
      return false;
    }
  });
}

test.serial("runs a command without the user's ~/.bashrc, also where no shell started this process", async (t) => {
  const { HOME, SHLVL } = process.env;
  t.teardown(() => Object.assign(process.env, { HOME, ...(SHLVL === undefined ? {} : { SHLVL }) }));
  const home = folderFor(t);
  writeFileSync(`${home}/.bashrc`, 'echo from .bashrc >&2\n');
  process.env.HOME = home;
  delete process.env.SHLVL;
  const words = "it's \\ $HOME";
  const command = { step: 'talk', script: `echo ${quote(words)}`, timeoutMs: 10_000 };
  t.deepEqual(await tryRun(host, command), { code: 0, stdout: `${words}\n`, stderr: '' });
});
