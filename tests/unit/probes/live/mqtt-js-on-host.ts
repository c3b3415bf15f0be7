import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startLiveClient } from '../../../../probes/live/live-client.ts';
import type { HostOptions } from '../../../../probes/live/options.ts';
import { localHost } from '../../../../provisioning/hosts/local.ts';
import { hasEnded } from '../../../../provisioning/hosts/local-process.ts';
import { until } from '../../../lab/support/until.ts';
import { authority } from '../../_authority.ts';
import { accept, bytes, fakeBroker } from '../../_fake-broker.ts';
import { listener } from '../../_listener.ts';
import { withPython } from '../../_python.ts';
import { folderFor } from '../../_sh.ts';
import { login, recordedEvents } from './_client.ts';

const pythonTest = withPython(test);
const BEGIN = ['client SYN', 'open', 'sent CONNECT', 'received CONNACK'];
const BOUND_MS = 20_000;
const ON = { topic: 'status', payload: Buffer.from('on'), qos: 0, retain: false } as const;

async function accepted(t: ExecutionContext, options: Partial<HostOptions> = {}) {
  const received: string[] = [];
  const recorded = recordedEvents();
  const endpoint = await fakeBroker(t, (packet, socket) => {
    received.push(packet.cmd);
    accept(packet, socket);
    if (packet.cmd === 'publish' && String(packet.payload) === 'reset') socket.resetAndDestroy();
    if (packet.cmd === 'publish' && String(packet.payload) === 'close') socket.end();
  });
  const settings = { ...login, program: 'mqtt.js', host: localHost('here'), endpoint, ...options } as HostOptions;
  const client = await startLiveClient(settings, recorded.events);
  await recorded.come('received CONNACK');
  return { client, received, ...recorded };
}

pythonTest('mqtt.js has its connection in a recorder on the host, and records each packet', async (t) => {
  const { client, packets, seen, received, come } = await accepted(t);
  t.regex(readFileSync(`/proc/${client.pid}/cmdline`, 'utf8'), /python3/);
  for (let count = 0; count < 200; count += 1) client.publish({ ...ON, payload: Buffer.from(String(count)) });
  client.disconnect();
  await come('end');
  t.deepEqual(seen.slice(0, BEGIN.length), BEGIN);
  const payloads = packets.filter(({ type }) => type === 'PUBLISH').map(({ payload }) => String(payload));
  t.deepEqual(payloads, [...Array(200).keys()].map(String));
  t.deepEqual(
    received.filter((cmd) => cmd !== 'publish'),
    ['connect', 'disconnect'],
  );
  t.deepEqual(seen.slice(-4).sort(), ['broker FIN', 'client FIN', 'end', 'sent DISCONNECT']);
  t.true(client.clockErrorMs() > 0);
  t.true(hasEnded(client.pid));
});

pythonTest('the clock of this machine has no error', async (t) => {
  const { client } = await accepted(t, { isThisMachine: true });
  t.is(client.clockErrorMs(), 0);
  await client[Symbol.asyncDispose]();
});

pythonTest('mqtt.js on a host ends by FIN, RST and SIGKILL, and by the broker', async (t) => {
  for (const [how, tcp] of [
    ['fin', 'client FIN'],
    ['rst', 'client RST'],
    ['kill', 'client FIN'],
    ['close', 'broker FIN'],
    ['reset', 'broker RST'],
  ] as const) {
    const { client, seen, come, received } = await accepted(t);
    if (how === 'close' || how === 'reset') client.publish({ ...ON, payload: Buffer.from(how) });
    else await client[how]();
    await come(/^end/);
    t.true(seen.includes(tcp), `${how}: ${seen.join(', ')}`);
    if (tcp.startsWith('broker')) t.is(seen.at(-1), `end: the ${tcp.replace(' ', ' ended the connection by ')}`);
    t.false(received.includes('disconnect'));
    await until(`the end of the recorder after ${how}`, BOUND_MS, () => hasEnded(client.pid) || undefined);
  }
});

pythonTest('mqtt.js on a host speaks TLS, in which its first packet waits for the handshake', async (t) => {
  const lab = await authority();
  const server = await lab.issue([{ type: 'ip', value: '127.0.0.1' }]);
  const at = await listener(t, { tls: { cert: server.chain, key: server.key.reveal() }, answer: accept });
  const ca = path.join(folderFor(t), 'ca.pem');
  writeFileSync(ca, lab.ca);
  const { client, seen } = await accepted(t, { endpoint: { ...at, tls: { ca } } });
  t.deepEqual(seen, BEGIN);
  await client[Symbol.asyncDispose]();
});

pythonTest('says why mqtt.js could not connect from a host', async (t) => {
  const { events, seen } = recordedEvents();
  const options = { ...login, program: 'mqtt.js', host: localHost('here') } as const;
  await t.throwsAsync(startLiveClient({ ...options, endpoint: { address: '127.0.0.1', port: 1 } }, events), {
    message: /^broker 127\.0\.0\.1:1: connect as alice: .*Connection refused/,
  });
  t.deepEqual(seen, ['client SYN']);
});

pythonTest('mqtt.js on a host speaks MQTT 5', async (t) => {
  const recorded = recordedEvents();
  const endpoint = await fakeBroker(t, ({ cmd }, socket) => {
    if (cmd === 'connect') socket.write(bytes('20 03 00 00 00'));
  });
  const options = { ...login, version: 5, clean: false, program: 'mqtt.js', host: localHost('here') } as const;
  const client = await startLiveClient({ ...options, endpoint }, recorded.events);
  await recorded.come('received CONNACK');
  t.deepEqual(recorded.packets[0]?.properties, ['sessionExpiryInterval 86400']);
  await client[Symbol.asyncDispose]();
});

pythonTest('a broker that refuses the login ends the connection with its packet', async (t) => {
  const recorded = recordedEvents();
  const endpoint = await fakeBroker(t, (_, socket) => socket.end(bytes('20 02 00 05')));
  await startLiveClient({ ...login, program: 'mqtt.js', host: localHost('here'), endpoint }, recorded.events);
  await recorded.come(/^end/);
  t.true(recorded.seen.includes('received CONNACK'));
});
