import test from 'ava';
import { LabError } from '../../../../base/errors.ts';
import type { Result, Running } from '../../../../provisioning/hosts/host.ts';
import { requireBegun } from '../../../../provisioning/hosts/login-shell.ts';
import { OTHER_SHELL } from '../../../../provisioning/hosts/shell.ts';

const SHELL = { host: 'pi', login: 'pi@kitchen.local', step: 'gather facts' };

function ended(result: Partial<Result>, group?: number): Running {
  return requireBegun(
    {
      result: Promise.resolve({ code: 0, stdout: '', stderr: '', ...result }),
      group: group === undefined ? Promise.reject(new Error('the command did not start')) : Promise.resolve(group),
      kill: async () => {},
    },
    SHELL,
  );
}

/** [how the shell ended; what the error says] */
const cases: readonly (readonly [Partial<Result>, RegExp])[] = [
  [{ code: 0 }, /ended before it ran the command \(exit code 0\)/],
  [{ code: 0, stdout: 'bye\n' }, /exit code 0\); it printed\n {4}bye/],
  [{ code: 1, stderr: '.bashrc: line 3: syntax error\n' }, /exit code 1\); it printed\n {4}\.bashrc: line 3/],
  [{ code: OTHER_SHELL }, /ran another shell in place of the command/],
  // a trace of the command line names sudo too
  [{ code: OTHER_SHELL, stderr: '+ exec zsh\n+ sudo -n setsid\n' }, /ran another shell/],
];

for (const [result, said] of cases) {
  test(`names the start-up file where the login shell ends with ${JSON.stringify(result)}`, async (t) => {
    const error = await t.throwsAsync(ended(result).result, { instanceOf: LabError });
    t.regex(error?.message ?? '', said);
    t.regex(error?.message ?? '', /^pi: gather facts: the login shell of pi@kitchen\.local /);
    t.regex(error?.message ?? '', /try: .*~\/\.bashrc/);
    t.is(error?.exitCode, 2);
  });
}

test('leaves the exit code of a command that has begun', async (t) => {
  for (const code of [0, 3, OTHER_SHELL]) t.is((await ended({ code }, 42).result).code, code);
});

test('leaves the refusals of sudo and of setsid', async (t) => {
  const refusals = [
    { code: 1, stderr: 'sudo: a password is required\n' },
    { code: 1, stderr: 'hello\nsudo: unable to resolve host x\nsudo: a terminal is required to read the password\n' },
    { code: 127, stderr: "env: 'sudo': No such file or directory\n" },
    { code: 127, stderr: 'sh: 1: setsid: not found\n' },
  ];
  for (const refusal of refusals) t.is((await ended(refusal).result).code, refusal.code);
});
