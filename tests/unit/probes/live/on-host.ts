import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { Secret } from '../../../../base/secret.ts';
import { startLiveClient } from '../../../../probes/live/live-client.ts';
import type { HostOptions } from '../../../../probes/live/options.ts';
import type { Command, Host, Running } from '../../../../provisioning/hosts/host.ts';
import { localHost } from '../../../../provisioning/hosts/local.ts';
import { hasEnded } from '../../../../provisioning/hosts/local-process.ts';
import { until } from '../../../lab/support/until.ts';
import { authority } from '../../_authority.ts';
import { accept, bytes, fakeBroker } from '../../_fake-broker.ts';
import { listener } from '../../_listener.ts';
import { withPython } from '../../_python.ts';
import { folderFor, programsFor, sh } from '../../_sh.ts';
import { login, PASSWORD, recordedEvents } from './_client.ts';

const pythonTest = withPython(test);
const BEGIN = ['client SYN', 'open', 'sent CONNECT', 'received CONNACK'];
const BOUND_MS = 20_000;
const STAND_IN = `exec python3 ${path.resolve('tests/unit/probes/live/_mosquitto.py')} "$0" "$@"`;

const SUBSCRIBER = { subscription: { filter: 'status', qos: 0 } } as const;
const PUBLISHER = { message: { topic: 'status', qos: 0, retain: false } } as const;
const ON = { topic: 'status', payload: Buffer.from('on'), qos: 0, retain: false } as const;

/** This machine with stand-ins for the mosquitto clients, and a folder of its own for temporary files. */
function hostFor(t: ExecutionContext) {
  const folder = folderFor(t);
  const programs = programsFor(t, { mosquitto_sub: STAND_IN, mosquitto_pub: STAND_IN });
  const here = localHost('here');
  const started: { readonly command: Command; readonly running: Running }[] = [];
  const start: Host['start'] = (command) => {
    const script = `export TMPDIR=${folder} PATH=${programs}:$PATH\n${command.script}`;
    const running = here.start({ ...command, script });
    started.push({ command, running });
    return running;
  };
  return { host: { ...here, start }, started, folder };
}

async function accepted(t: ExecutionContext, role: typeof SUBSCRIBER | typeof PUBLISHER) {
  const received: string[] = [];
  const recorded = recordedEvents();
  const endpoint = await fakeBroker(t, (packet, socket) => {
    received.push(packet.cmd);
    accept(packet, socket);
    if (packet.cmd === 'subscribe') socket.write(bytes('90 03 00 01 00'));
    if (packet.cmd === 'publish' && String(packet.payload) === 'reset') socket.resetAndDestroy();
    if (packet.cmd === 'publish' && String(packet.payload) === 'close') socket.end();
  });
  const { host, started, folder } = hostFor(t);
  const client = await startLiveClient({ ...login, program: 'mosquitto', host, endpoint, ...role }, recorded.events);
  await recorded.come('received CONNACK');
  return { client, received, started, folder, endpoint, ...recorded };
}

pythonTest('records a subscriber, its times and its end by DISCONNECT', async (t) => {
  const { client, seen, packets, tcp, received, come, started } = await accepted(t, SUBSCRIBER);
  await come('received SUBACK');
  client.disconnect();
  await come('end');
  t.deepEqual(seen.slice(0, 7), [...BEGIN, 'sent SUBSCRIBE', 'received SUBACK', 'sent DISCONNECT']);
  t.deepEqual(seen.slice(7).sort(), ['broker FIN', 'client FIN', 'end']);
  t.deepEqual(received, ['connect', 'subscribe', 'disconnect']);
  const times = [...tcp.slice(0, 2), ...packets].map(({ at }) => at);
  t.deepEqual(times.toSorted(), times);
  t.true(Math.abs((times[0] ?? 0) - Date.now()) < 60_000);
  t.true(client.clockErrorMs() < 1_000);
  t.like(packets[0]?.connect, { user: 'alice', clientId: 'live', hasPassword: true });
  const { stdout, stderr } = (await started[0]?.running.result) ?? {};
  t.false(`${stdout}${stderr}`.replaceAll(/"hex": "\w+"/g, '').includes(PASSWORD));
});

pythonTest('a publisher publishes lines of text, and nothing else', async (t) => {
  const { client, packets, seen, come } = await accepted(t, PUBLISHER);
  for (let count = 0; count < 200; count += 1) client.publish({ ...ON, payload: Buffer.from(String(count)) });
  for (const wrong of [{ retain: true }, { qos: 1 }, { topic: 'a' }, { payload: Buffer.from('a\nb') }] as const) {
    t.throws(() => client.publish({ ...ON, ...wrong }), { message: /^here: use the mosquitto clients: / });
  }
  t.throws(() => client.subscribe('a', 0), { message: /connect again/ });
  client.disconnect();
  await come('end');
  const payloads = packets.filter(({ type }) => type === 'PUBLISH').map(({ payload }) => String(payload));
  t.deepEqual(payloads, [...Array(200).keys()].map(String));
  t.true(seen.includes('sent DISCONNECT'));
});

pythonTest('publishes nothing after its end was asked for, and still disconnects', async (t) => {
  const { client, seen, received, come } = await accepted(t, PUBLISHER);
  client.disconnect();
  for (let count = 0; count < 20; count += 1) client.publish(ON);
  await come('end');
  t.deepEqual(received, ['connect', 'disconnect']);
  t.false(
    seen.some((text) => text.startsWith('failed')),
    seen.join(),
  );
});

pythonTest('ends by FIN, by RST and by the broker, and names how', async (t) => {
  for (const [how, tcp] of [
    ['fin', 'client FIN'],
    ['rst', 'client RST'],
    ['close', 'broker FIN'],
    ['reset', 'broker RST'],
  ] as const) {
    const { client, seen, come, received } = await accepted(t, PUBLISHER);
    if (how === 'fin' || how === 'rst') client[how]();
    else client.publish({ ...ON, payload: Buffer.from(how) });
    await come(/^end/);
    t.true(seen.includes(tcp), `${how}: ${seen.join(', ')}`);
    t.false(seen.includes('sent DISCONNECT'));
    t.false(received.includes('disconnect'));
    if (tcp.startsWith('broker')) t.is(seen.at(-1), `end: the ${tcp.replace(' ', ' ended the connection by ')}`);
  }
});

pythonTest('kills recorder and program, and leaves nothing', async (t) => {
  const { client, seen, received, folder } = await accepted(t, SUBSCRIBER);
  const children = childrenOf(client.pid);
  t.is(children.length, 1);
  const { how } = await client.kill();
  t.is(how, 'FIN');
  for (const pid of [client.pid, ...children]) t.true(hasEnded(pid));
  t.is(seen.at(-2), 'client FIN');
  t.is(seen.at(-1), 'end');
  t.deepEqual(readdirSync(folder), []);
  t.false(received.includes('disconnect'));
});

for (const [name, end] of [
  ['its input ends', ({ running }: { running: Running }) => running.input?.end()],
  ['the recorder alone is killed', (_: unknown, pid: number) => process.kill(pid, 'SIGKILL')],
] as const) {
  pythonTest(`the program ends when ${name}`, async (t) => {
    const { client, started, come } = await accepted(t, SUBSCRIBER);
    const [first] = started;
    const [program = 0] = childrenOf(client.pid);
    if (first === undefined) return t.fail('nothing started');
    end(first, client.pid);
    await come(/^end/);
    await until('the end of the program', BOUND_MS, () => hasEnded(program) || undefined);
    await client[Symbol.asyncDispose]();
    t.true(hasEnded(client.pid));
  });
}

pythonTest('says why the program could not connect', async (t) => {
  const { host } = hostFor(t);
  const { events, seen } = recordedEvents();
  const start = (options: Partial<HostOptions>, endpoint = { address: '127.0.0.1', port: 1 }) =>
    startLiveClient(
      { ...login, program: 'mosquitto', host, endpoint, ...SUBSCRIBER, ...options } as HostOptions,
      events,
    );
  await t.throwsAsync(start({}), { message: /^broker 127\.0\.0\.1:1: connect as alice: .*Connection refused/ });
  await t.throwsAsync(start({ keepAlive: 2 }), { message: /refuse a keep alive below 5 s/ });
  await t.throwsAsync(start({ password: new Secret('a\nb') }), { message: /line end/ });
  const will = { topic: 'a', payload: Buffer.from([255]), qos: 0, retain: false } as const;
  await t.throwsAsync(start({ will }), { message: /only text/ });
  // this machine may have them
  const folder = folderFor(t);
  symlinkSync(
    execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim(),
    `${folder}/python3`,
  );
  const alone = (script: string) => `PATH=${folder}\n${script}`;
  const noPrograms: Host = {
    ...host,
    start: (command) => localHost('here').start({ ...command, script: alone(command.script) }),
  };
  await t.throwsAsync(start({ host: noPrograms }), { message: /^here: start mosquitto: .* not installed/ });
  t.deepEqual(seen, ['client SYN']);
});

pythonTest('records the packets within TLS, and names a wrong CA', async (t) => {
  const lab = await authority();
  const server = await lab.issue([{ type: 'ip', value: '127.0.0.1' }]);
  const at = await listener(t, { tls: { cert: server.chain, key: server.key.reveal() }, answer: accept });
  const folder = folderFor(t);
  writeFileSync(path.join(folder, 'ca.pem'), lab.ca);
  writeFileSync(path.join(folder, 'other.pem'), (await authority()).ca);
  const { host } = hostFor(t);
  const options = { ...login, program: 'mosquitto', host, ...SUBSCRIBER } as const;
  const right = recordedEvents();
  const endpoint = { ...at, tls: { ca: path.join(folder, 'ca.pem') } };
  const client = await startLiveClient({ ...options, endpoint }, right.events);
  await right.come('sent SUBSCRIBE');
  t.deepEqual(right.seen, [...BEGIN, 'sent SUBSCRIBE']);
  client.fin();
  await right.come('end');
  t.true(right.seen.includes('client FIN'));
  const wrong = recordedEvents();
  await startLiveClient({ ...options, endpoint: { ...at, tls: { ca: path.join(folder, 'other.pem') } } }, wrong.events);
  await wrong.come(/^end: TLS failed: .*certificate verify failed/);
  t.false(wrong.seen.includes('sent CONNECT'));
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

const hasPaho = sh("python3 -c 'import paho.mqtt.client'").code === 0;

for (const version of hasPaho ? ([4, 5] as const) : []) {
  pythonTest(`paho subscribes, publishes and disconnects: version ${version}`, async (t) => {
    const recorded = recordedEvents();
    const endpoint = await fakeBroker(t, ({ cmd }, socket) => {
      if (cmd === 'connect') socket.write(bytes(version === 5 ? '20 03 00 00 00' : '20 02 00 00'));
      if (cmd === 'subscribe') socket.write(bytes(version === 5 ? '90 04 00 01 00 01' : '90 03 00 01 01'));
      if (cmd === 'disconnect') socket.end();
    });
    const { host } = hostFor(t);
    const will = { topic: 'status', payload: Buffer.from([0, 255]), qos: 1, retain: true } as const;
    const session = { version, clean: false, keepAlive: 0, will, subscription: { filter: 'status', qos: 1 } } as const;
    const client = await startLiveClient({ ...login, ...session, program: 'paho', host, endpoint }, recorded.events);
    await recorded.come('received SUBACK');
    for (let count = 0; count < 200; count += 1) client.publish({ ...ON, payload: Buffer.from([0, count]) });
    client.disconnect();
    await recorded.come('end');
    const { connect, properties } = recorded.packets[0] ?? {};
    t.like(connect, { version, clean: false, keepAlive: 0, user: 'alice', hasPassword: true, will });
    t.deepEqual(properties, version === 5 ? ['sessionExpiryInterval 86400'] : undefined);
    const published = recorded.packets.filter(({ type }) => type === 'PUBLISH').map(({ payload }) => payload?.at(1));
    t.deepEqual(published, [...Array(200).keys()]);
    t.true(recorded.seen.includes('sent DISCONNECT'));
  });
}
