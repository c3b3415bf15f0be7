import test from 'ava';
import mqttPacket from 'mqtt-packet';
import { upstreamVersion, withVersion } from '../../../deployment/broker-version.ts';
import { type Answer, accept, bytes, fakeBroker } from '../_fake-broker.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { liveBrokerAt } from '../_live.ts';

/** [Debian's version; the broker's own] */
const versions: readonly (readonly [string, string | undefined])[] = [
  ['2.0.11-1.2+deb12u2', '2.0.11'],
  ['1:2.0.11-1.2', '2.0.11'],
  ['2.0.21-1+rpt1', '2.0.21'],
  ['2.1.2~rc1-1', '2.1.2'],
  ['10.20.30', '10.20.30'],
  ['2.1-1', undefined],
  ['', undefined],
];

for (const [version, expected] of versions) {
  test(`parses the version ${version}`, (t) => {
    t.is(upstreamVersion(version), expected);
  });
}

/** Acknowledges a subscription, and serves a message on the topic to it. */
const serving =
  (payload: string): Answer =>
  (packet, socket) => {
    accept(packet, socket);
    if (packet.cmd === 'pingreq') socket.write(bytes('d0 00'));
    if (packet.cmd !== 'subscribe') return;
    const [{ topic = '' } = {}] = packet.subscriptions;
    socket.write(Buffer.concat([bytes('90 03'), Buffer.of(0, packet.messageId ?? 0, 0)]));
    if (payload !== '')
      socket.write(mqttPacket.generate({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: true }));
  };

/** [what the broker publishes on $SYS/broker/version; what lab.yaml says; the version] */
const external: readonly (readonly [payload: string, software: string, version: string | undefined])[] = [
  ['mosquitto version 2.0.11', '', '2.0.11'],
  ['', '', undefined],
  ['aedes 1.2.0', '', undefined],
  ['mosquitto version 2.0.21', 'mosquitto 2.0.11', '2.0.11'],
  ['mosquitto version 2.0.21', 'rabbitmq 3.10', undefined],
];

for (const [payload, software, version] of external) {
  test(`an external broker that publishes '${payload}' as '${software}' is Mosquitto ${version}`, async (t) => {
    const { port } = await fakeBroker(t, serving(payload));
    const declared = software === '' ? '' : `, software: ${software}`;
    const lab = labOf(`${TWO_USERS}broker: { host: external, address: 127.0.0.1, port: ${port}${declared} }\n`);
    const broker = liveBrokerAt({ address: '127.0.0.1', port });
    const found = await withVersion({ lab, broker, pis: [] }, new AbortController().signal);
    t.is(found.broker.version, version);
  });
}
