import { hostname } from 'node:os';
import test from 'ava';
import { serverNames } from '../../../deployment/server-names.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const names = async (broker: string, rest = '') => await serverNames(labOf(`${TWO_USERS}broker: ${broker}\n${rest}`));
const LOOPBACK = ['localhost', '127.0.0.1'];
const CONTAINER = 'pis: { pi: { host: container } }\ncontainers: { subnet: 198.18.77.0/24 }\n';

test('a container has the names of its published ports; its own addresses are facts', async (t) => {
  t.deepEqual(await names('{ host: container }', CONTAINER), LOOPBACK);
});

test('a broker on this machine has its name, and the address that its containers see', async (t) => {
  t.deepEqual(await names('{ host: local }'), [...LOOPBACK, hostname()]);
  t.deepEqual(await names('{ host: local }', CONTAINER), [...LOOPBACK, hostname(), '198.18.77.1']);
});

test('a broker on this machine has its own addresses where a Pi is another machine', async (t) => {
  const found = await names('{ host: local }', 'pis: { hall: { host: "ssh://pi@hall.invalid" } }\n');
  t.deepEqual(found.slice(0, 3), [...LOOPBACK, hostname()]);
  // no address of this machine's loopback or of Docker
  t.false(found.slice(3).some((name) => name.startsWith('127.') || name === '::1'));
});

test('a broker over SSH has the name under which this machine reaches it', async (t) => {
  t.deepEqual(await names('{ host: "ssh://me@hub.invalid:23" }'), [...LOOPBACK, 'hub.invalid']);
});

test('broker.address comes first, and no name twice', async (t) => {
  t.deepEqual(await names('{ host: local, address: mq.example.org }'), ['mq.example.org', ...LOOPBACK, hostname()]);
  t.deepEqual(await names('{ host: container, address: localhost }'), LOOPBACK);
  t.deepEqual(await names('{ host: "ssh://me@hub.invalid", address: hub.invalid }'), ['hub.invalid', ...LOOPBACK]);
});
