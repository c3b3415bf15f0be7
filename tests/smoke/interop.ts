import { startPahoSubscriber } from '../../probes/paho-subscriber.ts';
import { binaryPayload } from './qos/delivery.ts';
import type { Plan } from './run/declare.ts';
import { onEachPi, openTopic } from './support/cast.ts';
import { notApplicable } from './support/check.ts';
import { loginOf } from './support/login.ts';
import { unpromised } from './support/promises.ts';
import { nonce } from './support/world.ts';

const QOS = 2;
const BOUND_MS = 60_000;
const WAIT_MS = 30_000;

export const interop: Plan = (world) => {
  const named = { id: `qos.paho.q${QOS}`, claim: 'paho in Python receives a QoS 2 message of mqtt.js once' } as const;
  const cast = openTopic(world.lab);
  if (cast === undefined) {
    return [notApplicable(named, 'lab.yaml has no topic that somebody may publish and somebody may subscribe')];
  }
  const why = unpromised(world, { qos: QOS });
  if (why !== undefined) return [notApplicable(named, why)];
  const { topic, publisher, subscriber } = cast;
  return onEachPi(world, named, (pi, check) => ({
    ...check,
    statement: 'MQTT-3.8.4-6',
    expected: { copies: 1, qos: QOS, unaltered: true },
    boundMs: BOUND_MS,
    async run() {
      const host = await world.host(pi.name, pi.host);
      await using session = await world.login(publisher);
      const wish = { ...pi.broker, ...loginOf(subscriber), topic, qos: QOS, clientId: `lab-${nonce()}` } as const;
      await using paho = await startPahoSubscriber(host, wish, { boundMs: BOUND_MS, signal: world.stopped });
      await paho.events.first(({ kind }) => kind === 'subscribed', 'SUBACK', WAIT_MS);
      const payload = binaryPayload(nonce());
      const last = Buffer.from(`sentinel ${nonce()}`);
      await session.publish(topic, payload, { qos: QOS });
      await session.publish(topic, last, { qos: QOS });
      await paho.events.first((event) => event.kind === 'message' && event.payload.equals(last), 'sentinel', WAIT_MS);
      const version = paho.events.items.flatMap((event) => (event.kind === 'version' ? [event.version] : []))[0];
      const copies = paho.events.items.flatMap((event) =>
        event.kind === 'message' && event.payload.includes(payload.subarray(0, 12)) ? [event] : [],
      );
      const unaltered = copies.every((copy) => copy.payload.equals(payload));
      const observed = { paho: version, copies: copies.length, qos: copies[0]?.qos, unaltered };
      const isAsClaimed = copies.length === 1 && observed.qos === QOS && unaltered;
      return isAsClaimed
        ? { verdict: 'pass', observed }
        : { verdict: 'fail', observed, reason: 'not one copy at QoS 2 with the same bytes' };
    },
  }));
};
