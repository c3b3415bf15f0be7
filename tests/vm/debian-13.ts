import test from 'ava';
import { failedChecks, lifeCycle } from './support/life-cycle.ts';
import { ownMachines } from './support/own-machines.ts';

const machines = ownMachines('debian-13', 13);

lifeCycle(machines, () => {
  test.serial('the broker gets listeners with TLS, and verify finds no fault', async (t) => {
    const lab = machines();
    const listeners = [
      { port: 1883, bind: 'loopback' },
      { port: 8883, tls: {} },
    ];
    await lab.write({ port: undefined, listeners });
    const up = await lab.run(['up', '--no-verify']);
    t.is(up.code, 0, up.all);
    t.deepEqual(await failedChecks(lab, ['--quick']), []);
  });
});
