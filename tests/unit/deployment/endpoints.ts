import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { Secret } from '../../../base/secret.ts';
import {
  credentialsOf,
  endpointAt,
  endpointHere,
  endpointOn,
  endpointOnBrokerHost,
  hostPort,
  programEndpointHere,
} from '../../../deployment/endpoints.ts';
import type { LiveListener } from '../../../deployment/live-listener.ts';
import { locate } from '../../../deployment/locate.ts';
import type { Lab, User } from '../../../lab-file/lab.ts';
import { certificatesOf } from '../../../provisioning/certificates/certificates.ts';
import type { Container } from '../../../provisioning/docker/container-state.ts';
import { labOf } from '../_lab.ts';
import { folderFor } from '../_sh.ts';

const USERS =
  'users: { sam: { password: sam }, bob: { password: x, certificate: true }, lock: { certificate: true } }\n';
const LISTENERS = `listeners: [
  { port: 1883, bind: loopback }, { port: 8883, tls: {} }, { port: 8884, tls: { clients: required } },
  { port: 8885, tls: { clients: required, identity: common-name } }, { port: 9001, protocol: websockets, tls: {} }]`;
const container = (name: string, address: string): Container => ({
  ...{ name, created: false, address, gateway: '198.18.7.1' },
  ssh: { user: 'pi', address: '127.0.0.1', port: 32768, identity: '/key', hostKey: 'ssh-ed25519 AAAA' },
  published: new Map([8883, 8884, 8885, 9001].map((port) => [port, port + 30_000])),
});

const pair = { chain: 'chain', key: new Secret('key') };
const credentials = { ca: 'ca', pairs: new Map(['bob', 'lock'].map((user) => [user, pair])) };
const CONTAINERS = new Map([
  ['broker', container('broker', '198.18.7.2')],
  ['pi', container('pi', '198.18.7.3')],
]);

/** The lab of these listeners, with its broker in a container, and certificates in place. */
async function liveLab(listeners = LISTENERS) {
  const lab = labOf(
    `name: two\n${USERS}broker: { host: container, ${listeners} }\npis: { pi: { host: container } }\ncontainers: { debian: 13 }\n`,
  );
  const live = await locate(lab, CONTAINERS);
  const [pi] = live.pis;
  if (pi === undefined) throw new Error('no Pi');
  return { ...live, broker: { ...live.broker, credentials }, pi };
}

function userOf({ users }: Lab, name: string): User {
  const user = users.find((one) => one.name === name);
  if (user === undefined) throw new Error(name);
  return user;
}

test('lists the listeners that each place reaches', async (t) => {
  const { broker, pi } = await liveLab();
  const ports = (listeners: readonly LiveListener[]) =>
    listeners.map(({ port, address, reachedPort }) => `${port} ${address}:${reachedPort}`);
  t.deepEqual(ports(broker.listeners), [
    ...['8883 127.0.0.1:38883', '8884 127.0.0.1:38884', '8885 127.0.0.1:38885', '9001 127.0.0.1:39001'],
  ]);
  // no client program there speaks WebSockets
  t.deepEqual(ports(pi.broker.listeners), [
    ...['8883 198.18.7.2:8883', '8884 198.18.7.2:8884', '8885 198.18.7.2:8885'],
  ]);
  // keys of clients are on the Pis alone
  t.deepEqual(ports(broker.onHost), ['1883 127.0.0.1:1883', '8883 127.0.0.1:8883']);
});

test("a client here uses the user's best listener, with its certificate where one is needed", async (t) => {
  const { lab, broker } = await liveLab();
  const here = (name: string) => endpointHere({ lab, broker }, userOf(lab, name));
  t.deepEqual(here('sam'), { address: '127.0.0.1', port: 38883, protocol: 'mqtt', tls: { ca: 'ca' } });
  t.deepEqual(here('bob'), here('sam'));
  t.deepEqual(here('lock'), { ...here('sam'), port: 38885, tls: { ca: 'ca', certificate: pair } });
  t.is(endpointHere({ lab, broker }, undefined).port, 38883);
  t.is(hostPort({ lab, broker }), 8883);
});

test('a client at one listener gets what that listener needs', async (t) => {
  const { lab, broker } = await liveLab();
  const at = (port: number, user: string) => {
    const listener = broker.listeners.find((one) => one.port === port);
    return listener && endpointAt(lab, broker.credentials, listener, { name: user });
  };
  t.like(at(9001, 'sam'), { protocol: 'websockets', port: 39001, tls: { ca: 'ca' } });
  t.is(at(8884, 'bob')?.tls?.certificate, pair);
  // a check shows what the broker does with such a client
  t.is(at(8884, 'sam')?.tls?.certificate, undefined);
});

test('a client on a Pi finds its files there', async (t) => {
  const { lab, pi } = await liveLab();
  const at = (name: string) => endpointOn(pi, userOf(lab, name));
  t.deepEqual(at('sam'), { address: '198.18.7.2', port: 8883, tls: { ca: '/etc/mqtt-lab/two/ca.pem' } });
  const certificate = { chain: '/etc/mqtt-lab/two/user-lock.pem', key: '/etc/mqtt-lab/two/user-lock.key' };
  t.deepEqual(at('lock'), { address: '198.18.7.2', port: 8885, tls: { ca: '/etc/mqtt-lab/two/ca.pem', certificate } });
});

test('a client program here reads the files of `.lab/ca/`, or those of the lab file', async (t) => {
  const { lab, broker } = await liveLab();
  const at = (port: number, name: string, over: Partial<User> = {}, own = lab.broker.tls.own) => {
    const listener = broker.listeners.find((one) => one.port === port);
    const labHere = { ...lab, directory: '/lab', broker: { ...lab.broker, tls: { ...lab.broker.tls, own } } };
    return listener && programEndpointHere(labHere, broker.credentials, listener, { ...userOf(lab, name), ...over });
  };
  const ca = '/lab/.lab/ca/ca.pem';
  t.deepEqual(at(8883, 'sam'), { address: '127.0.0.1', port: 38883, tls: { ca } });
  t.deepEqual(at(8883, 'bob'), at(8883, 'sam'));
  const certificate = { chain: '/lab/.lab/ca/user-lock.pem', key: '/lab/.lab/ca/user-lock.key' };
  t.deepEqual(at(8885, 'lock'), { address: '127.0.0.1', port: 38885, tls: { ca, certificate } });
  const given = { certificate: '/own/lock.pem', key: '/own/lock.key' };
  const own = { certificate: '/own/server.pem', key: '/own/server.key', ca: '/own/ca.pem' };
  t.deepEqual(at(8885, 'lock', { certificate: given }, own)?.tls, {
    ...{ ca: '/own/ca.pem', certificate: { chain: '/own/lock.pem', key: '/own/lock.key' } },
  });
  const [first] = broker.listeners;
  const none = () => first && programEndpointHere(lab, { ca: undefined }, first, userOf(lab, 'sam'));
  t.throws(none, { message: /ca\.pem[\s\S]*\.\/lab up/ });
  t.notThrows(
    () => first && programEndpointHere(lab, { ca: undefined }, { ...first, tls: undefined }, { name: 'sam' }),
  );
});

test("a client on the broker's host logs in with a password alone", async (t) => {
  const { lab, broker } = await liveLab();
  t.deepEqual(endpointOnBrokerHost(broker, userOf(lab, 'sam')), {
    ...{ address: '127.0.0.1', port: 8883, tls: { ca: '/etc/mqtt-lab/two/ca.pem' } },
  });
  t.throws(() => endpointOnBrokerHost(broker, userOf(lab, 'lock')), { instanceOf: LabError });
});

test('a plain listener needs no certificates', async (t) => {
  const lab = labOf('name: two\nusers: { sam: { password: sam } }\n');
  const { broker } = await locate(lab, new Map());
  t.deepEqual(endpointHere({ lab, broker }, lab.users[0]), { address: '127.0.0.1', port: 1883, protocol: 'mqtt' });
});

test('says who can log in at none of the listeners, and what to look at', async (t) => {
  const { lab, broker, pi } = await liveLab();
  const plain = broker.listeners.filter(({ port }) => port === 8883);
  const lock = userOf(lab, 'lock');
  const here = t.throws(() => endpointHere({ lab, broker: { ...broker, listeners: plain } }, lock), {
    instanceOf: LabError,
  });
  t.regex(here?.message ?? '', /lock needs a password .*8883[\s\S]*broker\.listeners/);
  t.is(here?.exitCode, 2);
  const there = t.throws(() => endpointOn({ ...pi, broker: { listeners: [] } }, lock), { instanceOf: LabError });
  t.regex(there?.message ?? '', /^pi: /);
});

test('says that the CA is missing only to a client that needs it', async (t) => {
  const { lab, broker } = await liveLab();
  const none = { ca: undefined, pairs: new Map<string, never>() };
  const missing = t.throws(() => endpointHere({ lab, broker: { ...broker, credentials: none } }, lab.users[0]), {
    instanceOf: LabError,
  });
  t.regex(missing?.message ?? '', /ca\.pem[\s\S]*\.\/lab up/);
  const [first] = broker.listeners;
  t.notThrows(() => first && endpointAt(lab, none, { ...first, tls: undefined }, undefined));
});

test("reads the CA and the users' pairs, and nothing before the first up", async (t) => {
  const lab = { ...(await liveLab()).lab, directory: folderFor(t) };
  t.deepEqual(credentialsOf(lab, undefined), { ca: undefined, pairs: new Map() });
  const certificates = certificatesOf(lab);
  t.deepEqual(credentialsOf(lab, certificates), { ca: undefined, pairs: new Map() });
  await certificates?.make(['localhost']);
  const { ca, pairs } = credentialsOf(lab, certificates);
  t.regex(ca ?? '', /^-----BEGIN CERTIFICATE-----/);
  t.deepEqual([...pairs.keys()], ['bob', 'lock']);
});
