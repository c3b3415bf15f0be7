import test from 'ava';
import { verify } from '../../lab/support/verified.ts';
import { type Before, changesSince, filesOf } from './files.ts';
import type { Machines } from './own-machines.ts';

/** The tests of a lab's whole life; `between` declares those of the time when it is up. */
export function lifeCycle(machines: () => Machines, between: () => void): void {
  let before: Before | undefined;

  test.serial('plan lists what up will do, and up converges a broker and a Pi with systemd', async (t) => {
    const lab = machines();
    before = await filesOf(lab);
    const plan = await lab.run(['plan', '--exit-code']);
    t.is(plan.code, 1, plan.all);
    t.regex(plan.stdout, /^ {2}\+ service mosquitto/m);
    const up = await lab.run(['up', '--no-verify']);
    t.is(up.code, 0, up.all);
    t.is(await lab.broker.shell('systemctl is-active mosquitto; systemctl is-enabled mosquitto'), 'active\nenabled\n');
  });

  test.serial('a second up changes nothing', async (t) => {
    const up = await machines().run(['up', '--no-verify']);
    t.is(up.code, 0, up.all);
    t.regex(up.stdout, /^hosts: 0 changed$/m);
  });

  test.serial('verify finds no fault', async (t) => {
    t.deepEqual(await failedChecks(machines(), ['--quick']), []);
  });

  between();

  test.serial('down restores every file of both machines', async (t) => {
    if (before === undefined) throw new Error('nobody looked before');
    const down = await machines().run(['down']);
    t.is(down.code, 0, down.all);
    t.deepEqual(await changesSince(before, machines()), []);
  });
}

/** Checks that failed. An emulated processor on a busy machine may be too slow to judge one, which is no fault of the lab. */
export async function failedChecks(lab: Machines, args: readonly string[]): Promise<string[]> {
  const { code, checks, output } = await verify(lab, args);
  if (code > 1) throw new Error(`verify: exit code ${code}\n${output}`);
  return [...checks].filter(([, verdict]) => verdict === 'fail').map(([id]) => id);
}
