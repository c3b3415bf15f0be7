import { createServer } from 'node:net';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { deferred } from '../../../../base/deferred.ts';
import { startLiveClient } from '../../../../probes/live/live-client.ts';
import type { LiveOptions } from '../../../../probes/live/options.ts';
import { cutFrames } from '../../../../probes/mqtt/wire.ts';
import { hasEnded } from '../../../../provisioning/hosts/local-process.ts';
import { authority } from '../../_authority.ts';
import { accept, bytes, deafBroker, fakeBroker, onLoopback } from '../../_fake-broker.ts';
import { listener } from '../../_listener.ts';
import { hereAt, login, recordedEvents } from './_client.ts';

const BEGIN = ['client SYN', 'open', 'sent CONNECT', 'received CONNACK'];

/** mqtt.js begins with any packet id. */
const idOf = ({ messageId = 0 }: { readonly messageId?: number | undefined }) => [messageId >> 8, messageId & 0xff];

async function accepted(t: ExecutionContext, options: Partial<LiveOptions> = {}) {
  const received: string[] = [];
  const recorded = recordedEvents();
  const endpoint = await fakeBroker(t, (packet, socket) => {
    received.push(packet.cmd);
    accept(packet, socket);
    if (packet.cmd === 'subscribe') socket.write(Buffer.from([0x90, 3, ...idOf(packet), 1]));
    if (packet.cmd === 'publish' && packet.topic === 'reset') socket.resetAndDestroy();
    if (packet.cmd === 'publish' && packet.topic === 'close') socket.end();
    if (packet.cmd === 'publish' && packet.qos === 1) socket.write(Buffer.from([0x40, 2, ...idOf(packet)]));
  });
  const client = await startLiveClient({ ...hereAt(endpoint), ...options } as LiveOptions, recorded.events);
  await recorded.come('received CONNACK');
  return { client, received, ...recorded };
}

test('records each packet of mqtt.js with its times, and reports the end', async (t) => {
  const { client, seen, packets, tcp, come } = await accepted(t, { subscription: { filter: 'status', qos: 1 } });
  await come('received SUBACK');
  client.publish({ topic: 'status', payload: Buffer.from('on'), qos: 1, retain: true });
  await come('received PUBACK');
  client.disconnect();
  await come('end');
  const steps = ['sent SUBSCRIBE', 'received SUBACK', 'sent PUBLISH', 'received PUBACK', 'sent DISCONNECT'];
  t.deepEqual(seen.slice(0, BEGIN.length + steps.length), [...BEGIN, ...steps]);
  t.deepEqual(seen.slice(BEGIN.length + steps.length).sort(), ['broker FIN', 'client FIN', 'end']);
  const times = [...tcp.slice(0, 2), ...packets].map(({ at }) => at);
  t.deepEqual(times.toSorted(), times);
  t.true(Math.abs((times[0] ?? 0) - Date.now()) < 60_000);
  const { connect } = packets[0] ?? {};
  t.like(connect, { user: 'alice', clientId: 'live', hasPassword: true, keepAlive: 60, clean: true });
  t.like(packets[4], { topic: 'status', retain: true, qos: 1, payload: Buffer.from('on') });
  await client[Symbol.asyncDispose]();
});

test('ends by FIN and by RST without DISCONNECT', async (t) => {
  for (const how of ['fin', 'rst'] as const) {
    const { client, seen, received, come } = await accepted(t);
    client[how]();
    await come('end');
    t.true(seen.includes(how === 'fin' ? 'client FIN' : 'client RST'), seen.join());
    t.is(seen.includes('client FIN'), how === 'fin');
    t.deepEqual(received, ['connect']);
  }
});

test('kills the process, and reports how the kernel ended the connection', async (t) => {
  const { client, seen, received } = await accepted(t);
  t.true(client.pid !== process.pid);
  const { how } = await client.kill();
  t.true(hasEnded(client.pid));
  t.is(how, 'FIN');
  t.deepEqual(seen, [...BEGIN, 'client FIN', 'end']);
  t.deepEqual(received, ['connect']);
  t.is((await client.kill()).how, 'unknown');
});

test('names how the broker ended the connection', async (t) => {
  for (const [topic, how] of [
    ['close', 'FIN'],
    ['reset', 'RST'],
  ] as const) {
    const { client, come } = await accepted(t);
    client.publish({ topic, payload: Buffer.alloc(0), qos: 0, retain: false });
    await come(`broker ${how}`);
    t.truthy(await come(`end: the broker ended the connection by ${how}`));
    client.publish({ topic, payload: Buffer.alloc(0), qos: 1, retain: false });
    await client[Symbol.asyncDispose]();
  }
});

test('disposing ends the process', async (t) => {
  const { client, seen } = await accepted(t);
  await client[Symbol.asyncDispose]();
  t.true(hasEnded(client.pid));
  t.is(seen.at(-1), 'end');
});

test('publishes 200 messages in order', async (t) => {
  const { client, packets, seen, come } = await accepted(t);
  for (let count = 0; count < 200; count += 1) {
    client.publish({ topic: 'a', payload: Buffer.from(String(count)), qos: 0, retain: false });
  }
  client.disconnect();
  await come('end');
  const payloads = packets.filter(({ type }) => type === 'PUBLISH').map(({ payload }) => String(payload));
  t.deepEqual(payloads, [...Array(200).keys()].map(String));
  t.false(seen.some((text) => text.startsWith('failed')));
});

test('a persistent session over MQTT 5 expires after a day', async (t) => {
  const { events, packets, come } = recordedEvents();
  const endpoint = await fakeBroker(t, () => undefined);
  await using client = await startLiveClient({ ...hereAt(endpoint), version: 5, clean: false }, events);
  await come('sent CONNECT');
  t.deepEqual(packets[0]?.properties, ['sessionExpiryInterval 86400']);
  t.true(client.localPort > 0);
});

test('says why it could not connect', async (t) => {
  const { events, seen } = recordedEvents();
  const endpoint = await fakeBroker(t, accept);
  const closed = { ...endpoint, port: 1 };
  await t.throwsAsync(startLiveClient(hereAt(closed), events), { message: /broker 127\.0\.0\.1:1: .*ECONNREFUSED/ });
  t.deepEqual(seen, ['client SYN']);
});

test('gives up a connection that does not open, at once and with its process', async (t) => {
  const { events, seen, come } = recordedEvents();
  const givenUp = deferred<never>();
  const starting = startLiveClient(hereAt(await deafBroker(t)), events, givenUp.promise);
  await come('client SYN');
  const begun = performance.now();
  givenUp.reject(new Error('given up'));
  await t.throwsAsync(starting, { message: /given up/ });
  t.true(performance.now() - begun < 10_000);
  t.deepEqual(seen, ['client SYN']);
});

test('reports bytes that are not MQTT', async (t) => {
  const { events, come } = recordedEvents();
  const endpoint = await fakeBroker(t, (_, socket) => socket.write(bytes('00 00')));
  await using client = await startLiveClient(hereAt(endpoint), events);
  await come(/^failed: no MQTT on the wire/);
  t.true(client.pid > 0);
});

test('the CONNECT of mqtt.js reaches the broker in one TCP write', async (t) => {
  const first = deferred<Buffer>();
  const server = createServer((socket) => socket.on('error', () => undefined).once('data', first.resolve));
  const endpoint = await onLoopback(t, server, []);
  const { events } = recordedEvents();
  await using client = await startLiveClient(hereAt(endpoint), events);
  const { frames, rest } = cutFrames(await first.promise);
  t.deepEqual([frames.length, rest.length], [1, 0]);
  t.true(client.localPort > 0);
});

for (const protocol of ['mqtt', 'websockets'] as const) {
  test(`records the packets within TLS, and names a wrong CA: ${protocol}`, async (t) => {
    const lab = await authority();
    const server = await lab.issue([{ type: 'ip', value: '127.0.0.1' }]);
    const tls = { cert: server.chain, key: server.key.reveal() };
    const at = await listener(t, { protocol, tls, answer: accept });
    const right = recordedEvents();
    const options = { ...login, program: 'mqtt.js' } as const;
    const client = await startLiveClient(
      { ...options, endpoint: { ...at, protocol, tls: { ca: lab.ca } } },
      right.events,
    );
    await right.come('received CONNACK');
    t.deepEqual(right.seen, BEGIN);
    client.fin();
    await right.come('end');
    t.true(right.seen.includes('client FIN'));
    t.false(right.seen.includes('sent DISCONNECT'));
    const wrong = recordedEvents();
    const { ca } = await authority();
    await startLiveClient({ ...options, endpoint: { ...at, protocol, tls: { ca } } }, wrong.events);
    await wrong.come(/^failed: the certificate is not from the expected CA/);
    await wrong.come(/^end: the certificate is not from the expected CA/);
    t.false(wrong.seen.includes('sent CONNECT'));
  });
}
