import test from 'ava';
import { leavesNothing, MACHINES, makeOdd, type Oddness } from '../lab/support/odd-hosts.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { verify } from '../lab/support/verified.ts';

const theLab = ownLab('odd-hosts-slow', {}, { installed: true });
const RUN_MS = 400_000;

test.serial('the lab comes up', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
});

/** Start-up files that print. */
const FILES: Readonly<Record<string, Oddness>> = {
  'no start-up file': {},
  '~/.bashrc': { bashrc: 'echo hello' },
  '~/.bashrc without a line end': { bashrc: 'printf hello' },
  '~/.bashrc to standard error': { bashrc: 'echo hello >&2' },
  '~/.bashrc with joined streams': { bashrc: 'exec 2>&1; set -x' },
  '/etc/ssh/sshrc': { sshrc: 'echo hello' },
  '/etc/profile': { profile: 'echo hello' },
};

for (const [file, odd] of Object.entries(FILES)) {
  for (const maxSessions of [1, 2, 3]) {
    for (const machine of MACHINES) {
      test.serial(`verify passes: ${file} prints on the ${machine}, MaxSessions ${maxSessions}`, async (t) => {
        t.timeout(RUN_MS);
        t.teardown(() => makeOdd(theLab(), machine));
        await makeOdd(theLab(), machine, { ...odd, maxSessions });
        await leavesNothing(t, theLab(), async () => {
          const { code, output } = await verify(theLab(), ['--quick'], { boundMs: RUN_MS });
          t.is(code, 0, output);
        });
      });
    }
  }
}

for (const [name, bashrc] of Object.entries({ exit: 'exit 0', 'a failed exit': 'exit 3', exec: 'exec dash' })) {
  for (const machine of MACHINES) {
    test.serial(`${name} in ~/.bashrc on the ${machine}: the error names the file`, async (t) => {
      t.timeout(RUN_MS);
      t.teardown(() => makeOdd(theLab(), machine));
      await makeOdd(theLab(), machine, { bashrc });
      await leavesNothing(t, theLab(), async () => {
        for (const command of [['up'], ['verify', '--quick']]) {
          const { code, all } = await theLab().run(command, { boundMs: RUN_MS });
          t.not(code, 0, all);
          t.regex(all, /the login shell of (pi|debian)@127\.0\.0\.1:\d+ (ended|ran)[\s\S]*~\/\.bashrc/);
          t.notRegex(all, /no fact| s behind/);
        }
      });
    });
  }
}
