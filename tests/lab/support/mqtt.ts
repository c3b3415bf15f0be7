import { connectAsync, type MqttClient } from 'mqtt';
import type { TestLab } from './lab.ts';
import { PORT } from './lab.ts';
import { within } from './until.ts';

const CONNECT_MS = 10_000;

/** A session of mqtt.js, a client that is not the project's own, that never reconnects by itself. */
export type LiveSession = AsyncDisposable & {
  readonly client: MqttClient;
  /** Whether the connection has been closed since it was made. */
  readonly wasClosed: () => boolean;
  /** Resolves with the payload of the next message. */
  next(): Promise<string>;
};

export async function login(lab: TestLab, user: string, password: string): Promise<LiveSession> {
  return await loginAt('127.0.0.1', await lab.container('broker').published(PORT), { user, password });
}

export async function loginAt(
  address: string,
  port: number,
  { user, password }: { readonly user: string; readonly password: string },
): Promise<LiveSession> {
  const options = { username: user, password, reconnectPeriod: 0, connectTimeout: CONNECT_MS };
  const client = await connectAsync(`mqtt://${address}:${port}`, options, false);
  let closed = false;
  client.on('close', () => {
    closed = true;
  });
  return {
    client,
    wasClosed: () => closed,
    async next() {
      const message = new Promise<string>((resolve) => {
        client.once('message', (_, payload) => resolve(payload.toString()));
      });
      return await within(`a message for ${user}`, CONNECT_MS, message);
    },
    async [Symbol.asyncDispose]() {
      await client.endAsync(true);
    },
  };
}
