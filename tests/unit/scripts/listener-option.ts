import test from 'ava';
import { Command } from 'commander';
import { InputError } from '../../../base/errors.ts';
import type { LiveLab } from '../../../deployment/live-lab.ts';
import { locate } from '../../../deployment/locate.ts';
import { bestListener } from '../../../lab-file/listeners.ts';
import type { Container } from '../../../provisioning/docker/container-state.ts';
import { atListener, exceptionsTo, listenerOption } from '../../../scripts/listener-option.ts';
import { labOf } from '../_lab.ts';

const LISTENERS = `listeners: [
  { port: 1883 }, { port: 1884, bind: loopback }, { port: 8883, tls: {} }, { port: 8884, tls: { clients: required } },
  { port: 8885, tls: { clients: required, identity: common-name } }, { port: 9001, protocol: websockets }]`;
const USERS = 'sam: { password: sam, certificate: true }, alice: { password: a }, lock: { certificate: true }';
const published = new Map([1883, 8883, 8884, 8885, 9001].map((port) => [port, port + 30_000]));
const ssh = { user: 'pi', address: '127.0.0.1', port: 32768, identity: '/key', hostKey: 'ssh-ed25519 AAAA' };
const container = (name: string): Container => ({
  ...{ name, created: false, address: `${name}.test`, gateway: '198.18.7.1', ssh, published },
});

async function liveLab(users = USERS, host = 'container'): Promise<LiveLab> {
  const lab = labOf(
    `name: l\nusers: { ${users} }\nbroker: { host: ${host}, ${LISTENERS} }\npis: { pi: { host: container } }\ncontainers: { debian: 13 }\n`,
  );
  return await locate(lab, new Map(['broker', 'pi'].map((name) => [name, container(name)])));
}

/** The ports that the clients of sam, alice and lock use. */
function portsOf({ lab, broker, pis }: LiveLab) {
  const ports = (listeners: LiveLab['broker']['listeners']) =>
    lab.users.map((user) => bestListener(listeners, user)?.port);
  return {
    here: ports(broker.listeners),
    onHost: ports(broker.onHost),
    onPi: pis.map((pi) => ports(pi.broker.listeners)),
  };
}

/** [the chosen port; those that clients of sam, alice and lock use on this machine, on the broker's host, on the Pi] */
const choices: readonly (readonly [
  chosen: number,
  here: readonly number[],
  onHost: readonly (number | undefined)[],
  onPi: readonly number[],
])[] = [
  [1883, [1883, 1883, 8885], [1883, 1883, undefined], [1883, 1883, 8885]],
  [8884, [8884, 8883, 8885], [8883, 8883, undefined], [8884, 8883, 8885]],
  [8885, [8885, 8883, 8885], [8883, 8883, undefined], [8885, 8883, 8885]],
  [9001, [9001, 9001, 8885], [8883, 8883, undefined], [8883, 8883, 8885]],
];

for (const [chosen, here, onHost, onPi] of choices) {
  test(`clients use port ${chosen} where they can, otherwise their best listener`, async (t) => {
    t.deepEqual(portsOf(atListener(await liveLab(), chosen)), {
      here: [...here],
      onHost: [...onHost],
      onPi: [[...onPi]],
    });
  });
}

test("gives where the first user's clients go, and leaves the lab file as it is", async (t) => {
  const live = await liveLab();
  const { lab, broker, pis } = atListener(live, 1883);
  t.is(`${broker.address}:${broker.port}`, '127.0.0.1:31883');
  t.is(`${pis[0]?.broker.address}:${pis[0]?.broker.port}`, 'broker.test:1883');
  t.is(lab, live.lab);
  t.is(live.broker.port, 38883);
});

/** [the chosen port; whose clients use another one] */
const exceptions: readonly (readonly [chosen: number, lines: readonly RegExp[]])[] = [
  [1883, [/^--listener 1883: clients of lock use /]],
  [8885, [/clients of alice use .*cannot log in/]],
  [9001, [/clients of lock use /, /clients on pi use .*do not reach/]],
];

for (const [chosen, lines] of exceptions) {
  test(`says whose clients do not use port ${chosen}`, async (t) => {
    const found = exceptionsTo(await liveLab(), chosen);
    t.is(found.length, lines.length, found.join('\n'));
    for (const [index, line] of lines.entries()) t.regex(found[index] ?? '', line);
  });
}

/** [the lab's users; the chosen port; why it is refused] */
const refused: readonly (readonly [users: string, chosen: number, reason: RegExp])[] = [
  [USERS, 1885, /^--listener 1885: .*no such listener.* 1883, 8883, 8884, 8885, 9001$/],
  [USERS, 1884, /^--listener 1884: this machine reaches no such/],
  ['sam: { password: sam }', 8884, /^--listener 8884: no user .*client certificate$/],
  ['lock: { certificate: true }', 1883, /^--listener 1883: no user .*password$/],
];

for (const [users, chosen, reason] of refused) {
  test(`refuses port ${chosen} of a lab with the users ${users}`, async (t) => {
    const live = await liveLab(users);
    const error = t.throws(() => atListener(live, chosen), { instanceOf: InputError, message: reason });
    t.is(error?.exitCode, 2);
  });
}

for (const port of ['0', '65536', '1.5', 'x', '']) {
  test(`refuses the port '${port}'`, (t) => {
    const command = new Command()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .addOption(listenerOption());
    t.throws(() => command.parse(['--listener', port], { from: 'user' }), { message: /must be a whole number/ });
  });
}
