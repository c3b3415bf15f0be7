import { setInterval } from 'node:timers';
import type { Session } from '../../../probes/mqtt/session.ts';
import { HERE } from '../../harness/check.ts';
import { nonce, type TestLab } from '../../harness/test-lab.ts';
import type { TrafficClient, TrafficOptions } from './client.ts';
import { EVERY_MS } from './shared.ts';

/** mqtt.js on this machine, by the recorder on its socket. */
export async function openHere(testLab: TestLab, version: string, options: TrafficOptions): Promise<TrafficClient> {
  const { user, topic, keepAlive, doing } = options;
  const session = await testLab.login(user, { keepAlive });
  if (doing.kind === 'receives') await session.subscribe(topic, doing.qos);
  const text = `traffic ${nonce()}`;
  let count = 0;
  const send = () => {
    session.publish(topic, Buffer.from(`${text} ${count}`), { qos: doing.qos }).catch(() => undefined);
    count += 1;
  };
  const timer = doing.kind === 'publishes' ? setInterval(send, EVERY_MS) : undefined;
  return {
    get packets() {
      return sized(session.packets);
    },
    first: (...wanted) => session.packet(...wanted),
    async publish(line) {
      await session.publish(topic, Buffer.from(line), { qos: doing.qos });
    },
    ended: session.ended,
    software: async () => version,
    source: `the recorder on ${HERE}`,
    counted: async () => undefined,
    toldMs: async () => 0,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await session.close();
    },
  };
}

function sized(packets: Session['packets']): TrafficClient['packets'] {
  return packets.map((packet) => ({ ...packet, bytes: packet.bytes ?? 0 }));
}
