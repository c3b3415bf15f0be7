import test from 'ava';
import { lifeCycle } from './support/life-cycle.ts';
import { ownMachines } from './support/own-machines.ts';

const machines = ownMachines('arm64', 12, 'arm64');

lifeCycle(machines, () => {
  test.serial('the Pi is an arm64 machine with the packages of its architecture', async (t) => {
    const { pi } = machines();
    t.is(await pi.shell('uname -m; dpkg --print-architecture'), 'aarch64\narm64\n');
    t.regex(await pi.shell('dpkg-query -W mosquitto-clients:arm64'), /^mosquitto-clients/);
  });
});
