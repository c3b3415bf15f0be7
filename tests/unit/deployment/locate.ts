import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { brokerHostAddress, locate } from '../../../deployment/locate.ts';
import type { Container } from '../../../provisioning/docker/container-state.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { scriptedHosts } from '../_scripted-hosts.ts';
import { at } from './_managed-hosts.ts';

function machine(name: string, address: string): Container {
  const ssh = { user: 'pi', address: '127.0.0.1', port: 32768, identity: '/key', hostKey: 'ssh-ed25519 AAAA' };
  const published = new Map([
    [22, 32768],
    [1884, 32769],
  ]);
  return { name, created: false, ssh, address, gateway: '198.18.7.1', published };
}

const broker = machine('broker', '198.18.7.2');
const pi = machine('pi', '198.18.7.3');
const SSH_BROKER = '{ host: "ssh://me@hub.local:23", port: 1884 }';

/** [the lab file's broker; machines; where clients here reach it; where those on the Pi do] */
const places: readonly (readonly [broker: string, machines: readonly Container[], here: string, there: string])[] = [
  ['{ host: local, port: 1884 }', [pi], '127.0.0.1:1884', '198.18.7.1:1884'],
  ['{ host: local, port: 1884, address: 192.168.1.9 }', [pi], '192.168.1.9:1884', '192.168.1.9:1884'],
  ['{ host: local, port: 1884, address: localhost }', [pi], 'localhost:1884', '198.18.7.1:1884'],
  ['{ host: container, port: 1884 }', [broker, pi], '127.0.0.1:32769', '198.18.7.2:1884'],
  [SSH_BROKER, [pi], 'hub.local:1884', 'hub.local:1884'],
  ['{ host: external, address: mq.example, port: 1884 }', [pi], 'mq.example:1884', 'mq.example:1884'],
  ['{ host: external, address: 127.0.0.1, port: 1884 }', [pi], '127.0.0.1:1884', '198.18.7.1:1884'],
];

for (const [written, machines, here, there] of places) {
  test(`locates the broker ${written}`, async (t) => {
    const lab = labOf(`${TWO_USERS}broker: ${written}\npis: { pi: { host: container } }`);
    const live = await locate(lab, new Map(machines.map((one) => [one.name, one])));
    t.is(`${live.broker.address}:${live.broker.port}`, here);
    t.deepEqual(
      live.pis.map((found) => `${found.broker.address}:${found.broker.port}`),
      [there],
    );
  });
}

test('gives an external broker no host', (t) => {
  t.is(brokerHostAddress(labOf(`${TWO_USERS}broker: { host: external, address: h }`), new Map()), undefined);
});

test('names the containers that are not running', async (t) => {
  const lab = labOf(`${TWO_USERS}broker: { host: container }\npis: { a: { host: container }, b: { host: container } }`);
  const error = await t.throwsAsync(locate(lab, new Map([['a', pi]])), { instanceOf: LabError });
  t.deepEqual([error?.trouble.happened, error?.exitCode], ['broker, b are not running', 2]);
});

test('locates a broker on this machine for a Pi where its SSH connection comes from', async (t) => {
  const lab = labOf(`${TWO_USERS}broker: { host: local }\npis: { hall: { host: "ssh://pi@hall.invalid" } }`);
  const { open } = scriptedHosts({
    hall: { facts: {}, prints: { 'find the address of this machine': '192.168.1.9\n' } },
  });
  const hall = await open('hall', at('hall'));
  const live = await locate(lab, new Map(), new Map([['hall', hall]]));
  t.like(live.pis[0]?.broker, { address: '192.168.1.9', port: 1883 });
  t.deepEqual(live.broker.host, { kind: 'local' });
});
