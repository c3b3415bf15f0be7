import test from 'ava';
import { hostsOf, SYSTEM, systemHere, systemOf } from '../../../../checks/harness/system.ts';
import type { LiveLab } from '../../../../deployment/live-lab.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';
import { liveBrokerAt, livePiAt } from '../../_live.ts';
import { sh } from '../../_sh.ts';

const DEBIAN = 'system Debian GNU/Linux 12 (bookworm)\narchitecture aarch64\nkernel 6.6.20+rpt-rpi-v8\nboot b1\n';

test('parses the system of a machine, and whether its kernel is this one', (t) => {
  const known = { system: 'Debian GNU/Linux 12 (bookworm)', architecture: 'aarch64', kernel: '6.6.20+rpt-rpi-v8' };
  t.deepEqual(systemOf({ code: 0, output: DEBIAN }, 'b2'), { ...known, isSameKernel: false });
  t.deepEqual(systemOf({ code: 0, output: DEBIAN }, 'b1'), { ...known, isSameKernel: true });
  t.deepEqual(systemOf({ code: 1, output: 'system \narchitecture x86_64\nboot \n' }, ''), { architecture: 'x86_64' });
});

test('reads the same about this machine by the script and by Node', async (t) => {
  const { stdout } = sh(SYSTEM.script);
  const { isSameKernel, ...here } = await systemHere();
  t.like(systemOf({ code: 0, output: stdout }, 'another'), { ...here, isSameKernel: false });
  t.true(isSameKernel);
});

/** [host of the broker; its place in the results; whether it is this machine] */
const brokers: readonly (readonly [broker: string, place: string, isHere: boolean])[] = [
  ['{ host: local }', 'this machine', true],
  ['{ host: container }', 'container', false],
  ["{ host: 'ssh://admin@hub.local:22' }", 'ssh://admin@hub.local:22', false],
  ["{ host: 'ssh://hub' }", 'ssh://hub', false],
  ['{ host: external, address: mqtt.example.org }', 'external: mqtt.example.org', false],
];

for (const [broker, place, isHere] of brokers) {
  test(`lists the machines of a run with broker: ${place}`, (t) => {
    const lab = labOf(`broker: ${broker}\npis: { hall: { host: container } }\n${TWO_USERS}`);
    const at = { address: lab.broker.address ?? '127.0.0.1', port: 1883 };
    const live: LiveLab = { lab, broker: liveBrokerAt(at), pis: [livePiAt('hall', at)] };
    const here = { system: 'here', isSameKernel: true };
    const hall = { system: 'Debian', isSameKernel: false };
    t.deepEqual(hostsOf(live, here, new Map([['hall', hall]])), [
      { name: 'this machine', place: 'this machine', ...here },
      { name: 'broker', place, ...(isHere ? here : {}) },
      { name: 'hall', place: 'container', ...hall },
    ]);
  });
}
