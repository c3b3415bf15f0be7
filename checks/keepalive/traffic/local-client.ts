import { setInterval } from 'node:timers';
import type { Session } from '../../../probes/mqtt/session.ts';
import { THIS_MACHINE } from '../../harness/check.ts';
import { nonce } from '../../harness/messages.ts';
import type { TestLab } from '../../harness/test-lab.ts';
import type { ClientOptions, RunningClient } from './running-client.ts';
import { EVERY_MS } from './ticker.ts';

/** mqtt.js on this machine; the recorder on its socket counts the bytes. */
export async function openLocalClient(
  testLab: TestLab,
  version: string,
  options: ClientOptions,
): Promise<RunningClient> {
  const { user, topic, keepAlive, task } = options;
  const session = await testLab.login(user, { keepAlive });
  if (task.kind === 'receives') await session.subscribe(topic, task.qos);
  const text = `traffic ${nonce()}`;
  let count = 0;
  const send = () => {
    session.publish(topic, Buffer.from(`${text} ${count}`), { qos: task.qos }).catch(() => undefined);
    count += 1;
  };
  const timer = task.kind === 'publishes' ? setInterval(send, EVERY_MS) : undefined;
  return {
    get packets() {
      return sized(session.packets);
    },
    first: (...wanted) => session.packet(...wanted),
    async publish(line) {
      await session.publish(topic, Buffer.from(line), { qos: task.qos });
    },
    ended: session.ended,
    software: async () => version,
    source: `the recorder on ${THIS_MACHINE}`,
    counted: async () => undefined,
    reportDelayMs: async () => 0,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await session.close();
    },
  };
}

function sized(packets: Session['packets']): RunningClient['packets'] {
  return packets.map((packet) => ({ ...packet, bytes: packet.bytes ?? 0 }));
}
