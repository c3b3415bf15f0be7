import test from 'ava';
import mqttPacket, { type Packet as Decoded } from 'mqtt-packet';
import { runCheck } from '../../../../../checks/harness/check.ts';
import { openTestLab } from '../../../../../checks/harness/test-lab.ts';
import { keepaliveTraffic } from '../../../../../checks/keepalive/traffic/traffic.ts';
import { type Answer, accept, fakeBroker } from '../../../_fake-broker.ts';
import { labOf, TWO_USERS } from '../../../_lab.ts';
import { liveBrokerAt } from '../../../_live.ts';

const lab = labOf(`${TWO_USERS}topics: { a: { publish: [sam], subscribe: [alice] } }`);

/** Grants every subscription, acknowledges every message and passes it on to all other clients. */
function passOn(): Answer {
  const sockets = new Set<Parameters<Answer>[1]>();
  return (packet, socket) => {
    sockets.add(socket);
    accept(packet, socket);
    const { messageId = 1 } = packet;
    if (packet.cmd === 'subscribe') socket.write(mqttPacket.generate({ cmd: 'suback', messageId, granted: [1] }));
    if (packet.cmd !== 'publish') return;
    if (packet.qos === 1) socket.write(mqttPacket.generate({ cmd: 'puback', messageId }));
    const { topic, payload } = packet;
    const message = mqttPacket.generate({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
    for (const other of sockets) if (other !== socket && other.writable) other.write(message);
  };
}

/** [check; the packet that interrupts the run; an idle client's subscriber has left by then] */
const interruptions: readonly (readonly [id: string, at: Decoded['cmd']])[] = [
  ['keepalive.traffic.5s.mqttjs.idle.this-machine', 'disconnect'],
  ['keepalive.traffic.5s.mqttjs.idle.this-machine', 'publish'],
  ['keepalive.traffic.5s.mqttjs.publishes-q0.this-machine', 'publish'],
];

for (const [id, at] of interruptions) {
  test(`${id} fails as interrupted when a ${at} interrupts the run`, async (t) => {
    const stop = new AbortController();
    const answer = passOn();
    const broker = await fakeBroker(t, (packet, socket) => {
      answer(packet, socket);
      if (packet.cmd === at) stop.abort(new Error('interrupted'));
    });
    const live = { lab, broker: liveBrokerAt(broker), pis: [] };
    await using testLab = openTestLab(live, stop.signal);
    const check = keepaliveTraffic(testLab).find((one) => one.id === id);
    if (check === undefined) return t.fail('no such check');
    const { verdict, observed, reason } = await runCheck(check);
    t.deepEqual({ verdict, observed, reason }, { verdict: 'fail', observed: null, reason: 'interrupted' });
  });
}
