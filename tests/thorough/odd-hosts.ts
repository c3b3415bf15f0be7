import test from 'ava';
import { leavesNothing, MACHINES, makeOdd, processes } from '../lab/support/odd-hosts.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { until } from '../lab/support/until.ts';
import { verify } from '../lab/support/verified.ts';

const theLab = ownLab('odd-hosts', {}, { installed: true });

test.serial('the lab comes up', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
});

/** All that prints at once, without a line end too. */
const PRINTS = {
  bashrc: 'echo hello; printf bye; echo complaint >&2',
  sshrc: 'echo welcome',
  profile: 'echo profile',
  maxSessions: 1,
};

test.serial('verify passes where start-up files print, over one session a connection', async (t) => {
  for (const machine of MACHINES) await makeOdd(theLab(), machine, PRINTS);
  await leavesNothing(t, theLab(), async () => {
    const { code, output } = await verify(theLab(), ['--quick']);
    t.is(code, 0, output);
  });
  const plan = await theLab().run(['plan', '--exit-code']);
  t.is(plan.code, 0, plan.all);
});

test.serial('Ctrl-C leaves nothing on hosts with one session a connection', async (t) => {
  await leavesNothing(t, theLab(), async () => {
    const run = theLab().start(['verify', '--quick']);
    const isClient = (line: string) => line.includes(' mosquitto_sub ');
    await until(
      'a client on the Pi',
      60_000,
      async () => (await processes(theLab().container('pi'))).some(isClient) || undefined,
    );
    run.interrupt();
    const { code, all } = await run.ended;
    t.is(code, 130, all);
  });
});

test.serial('names the start-up file where it puts another shell in place of the login shell', async (t) => {
  await makeOdd(theLab(), 'pi', { bashrc: 'exec dash' });
  await leavesNothing(t, theLab(), async () => {
    const up = await theLab().run(['up', '--no-verify']);
    t.is(up.code, 2, up.all);
    t.regex(up.all, /^pi: gather facts: the login shell of pi@127\.0\.0\.1:\d+ .*\n {2}try: .*~\/\.bashrc/m);
    const { code, output } = await verify(theLab(), ['--quick', '--only', 'install']);
    t.is(code, 1, output);
    t.regex(output, /the login shell of pi@.*~\/\.bashrc/s);
    t.notRegex(output, /no fact| s behind/);
  });
});
