import { NotSeen } from '../mqtt/feed.ts';
import type { Packet } from '../mqtt/packet.ts';
import { connectPacket } from '../mqtt/raw-packet.ts';
import { freshClientId, type SessionOptions } from '../mqtt/session.ts';
import type { KernelEnd } from '../network/kernel-end.ts';
import { type HeldConnection, holdConnection } from './held-connection.ts';

/** An MQTT client whose connection a separate process on this machine holds. Disposing of it ends it. */
export type KillableClient = AsyncDisposable & {
  readonly pid: number;
  readonly clientId: string;
  /** Every control packet so far, both directions. */
  readonly packets: readonly Packet[];
  /** Kills the process, so that the kernel closes the connection; returns how. */
  kill(): Promise<KernelEnd>;
};

/** With the topic filter that it subscribes to. */
export type KillableOptions = SessionOptions & { readonly filter?: string };

const BOUND_MS = 20_000;

/**
 * Starts a process that connects over MQTT 3.1.1, subscribes to the filter, if any, and then keeps the connection open.
 * Throws a NotSeen when the broker refuses it.
 */
export async function startKillable(options: KillableOptions, signal: AbortSignal): Promise<KillableClient> {
  signal.throwIfAborted();
  const { clientId = freshClientId() } = options;
  const connection = holdConnection(options, signal);
  const { packets, pid, kill } = connection;
  try {
    await logIn(connection, { ...options, clientId });
  } catch (error) {
    await kill();
    throw error;
  }
  if (pid === undefined) throw new Error('a client process without a process id');
  const dispose = async () => {
    await kill();
  };
  return { pid, clientId, packets: packets.items, kill, [Symbol.asyncDispose]: dispose };
}

async function logIn(
  { packets, send }: HeldConnection,
  { filter, clientId, ...options }: KillableOptions & { readonly clientId: string },
): Promise<void> {
  send(connectPacket(options, 4, clientId));
  const { code } = await packets.first(({ type }) => type === 'CONNACK', 'CONNACK', BOUND_MS);
  if (code !== 0) throw new NotSeen(`a client process: the broker refused it with code ${code}`);
  if (filter === undefined) return;
  send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos: 0 }] });
  await packets.first(({ type }) => type === 'SUBACK', 'SUBACK', BOUND_MS);
}
