import test from 'ava';
import { verify } from '../lab/support/verified.ts';
import { lifeCycle } from './support/life-cycle.ts';
import { ownMachines } from './support/own-machines.ts';

const machines = ownMachines('debian-13', 13);

lifeCycle(machines, () => {
  test.serial('the broker gets listeners with TLS, and verify passes', async (t) => {
    const lab = machines();
    const listeners = [
      { port: 1883, bind: 'loopback' },
      { port: 8883, tls: {} },
    ];
    await lab.write({ port: undefined, listeners });
    const up = await lab.run(['up', '--no-verify']);
    t.is(up.code, 0, up.all);
    const { code, output } = await verify(lab, ['--quick']);
    t.is(code, 0, output);
  });
});
