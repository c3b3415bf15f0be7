import { connectAsync, type MqttClient } from 'mqtt';
import type { RuledClient } from './rule-sets.ts';

/** How many messages came on each topic. */
export type Counts = ReadonlyMap<string, number>;

/** A client of mqtt.js that counts what it receives. Disposing of it ends it. */
export type AclClient = RuledClient &
  AsyncDisposable & {
    readonly mqtt: MqttClient;
    /** Publishes the same payload to each topic, with RETAIN to some, and waits until the broker has read all. */
    publish(topics: readonly string[], payload: string, retained?: readonly string[]): Promise<void>;
    /** Waits until everything that the broker sent before has come. */
    barrier(): Promise<void>;
    /** The live messages with this payload since the last `forget`, or those of the broker itself. */
    counts(payload: string | 'of the broker'): Counts;
    /** The messages with this payload that came because the broker had retained them. */
    retained(payload: string): Counts;
    forget(): void;
  };

export async function openAclClient({ user, clientId }: RuledClient, port: number): Promise<AclClient> {
  const options = { username: user, password: 'x', clientId, reconnectPeriod: 0 };
  const mqtt = await connectAsync(`mqtt://127.0.0.1:${port}`, options, false);
  const [live, retained] = [new Map<string, Map<string, number>>(), new Map<string, Map<string, number>>()];
  mqtt.on('message', (topic, payload, { retain }) => {
    const isBrokers = topic.startsWith('$SYS/');
    const received = retain && !isBrokers ? retained : live;
    const key = isBrokers ? 'of the broker' : payload.toString();
    const counts = received.get(key) ?? new Map<string, number>();
    received.set(key, counts.set(topic, (counts.get(topic) ?? 0) + 1));
  });
  // the broker answers it also where it drops the message
  const barrier = async () => void (await mqtt.publishAsync('barrier', 'barrier', { qos: 1 }));
  return {
    user,
    clientId,
    mqtt,
    async publish(topics, payload, withRetain = []) {
      for (const topic of topics) mqtt.publish(topic, payload, { retain: withRetain.includes(topic) });
      await barrier();
    },
    barrier,
    counts: (payload) => live.get(payload) ?? new Map(),
    retained: (payload) => retained.get(payload) ?? new Map(),
    forget() {
      live.clear();
      retained.clear();
    },
    [Symbol.asyncDispose]: () => mqtt.endAsync(true),
  };
}
