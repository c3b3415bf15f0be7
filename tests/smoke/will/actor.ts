import { type KernelEnd, killSeen } from '../../../probes/kernel-end.ts';
import { startPublisher, startSubscriber } from '../../../probes/mosquitto-client.ts';
import type { Packet } from '../../../probes/packet.ts';
import { startPahoSubscriber } from '../../../probes/paho-subscriber.ts';
import type { QoS } from '../../../probes/session.ts';
import type { Host } from '../../../provisioning/hosts/host.ts';
import type { Role } from '../support/cast.ts';
import { evidence, ownPackets } from '../support/evidence.ts';

export type ActorWish = {
  readonly address: string;
  readonly port: number;
  readonly topic: string;
  readonly login: { readonly user: string; readonly password: string };
  readonly clientId: string;
  readonly keepAlive: number;
  readonly will: { readonly topic: string; readonly payload: string; readonly qos: QoS };
};

type Limits = { readonly boundMs: number; readonly signal: AbortSignal };

/** How the client is going to end. */
export type Ending = 'clean' | 'lost';

/** A client on a Pi that has a last will; connected, and subscribed where that is its role. Disposing of it ends it. */
export type Actor = AsyncDisposable & { evidence(): object[] };
export type LostActor = Actor & {
  readonly pid: Promise<number>;
  /** Its control packets, as its debug output told them. */
  readonly packets: readonly Packet[];
  kill(): Promise<void>;
  /** Kills it, and tells how its kernel ended its connection. */
  killSeen(): Promise<KernelEnd>;
};
/** `end`: it sends DISCONNECT and ends. */
export type CleanActor = Actor & { end(): Promise<void> };

const READY_BOUND_MS = 30_000;
const END_BOUND_MS = 20_000;

/** The mosquitto client of a role; it is going to be killed or cut off. */
export async function startLostActor(host: Host, role: Role, wish: ActorWish, limits: Limits): Promise<LostActor> {
  const client = role === 'publisher' ? startPublisher(host, wish, limits) : startSubscriber(host, wish, limits);
  const ready = role === 'publisher' ? 'CONNACK' : 'SUBACK';
  await orEnd(
    client,
    client.packets.first(({ type }) => type === ready, ready, READY_BOUND_MS),
  );
  return {
    pid: client.pid,
    packets: client.packets.items,
    evidence: () => evidence(`${role} on ${host.name}`, ownPackets(client.packets.items, [])),
    kill: () => client.kill('KILL'),
    killSeen: async () => await killSeen(host, await client.pid, wish.port),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** mosquitto_pub as publisher, which sends DISCONNECT when its input ends; paho-mqtt as subscriber. */
export async function startCleanActor(host: Host, role: Role, wish: ActorWish, limits: Limits): Promise<CleanActor> {
  return role === 'publisher' ? await cleanPublisher(host, wish, limits) : await cleanSubscriber(host, wish, limits);
}

async function cleanPublisher(host: Host, wish: ActorWish, limits: Limits): Promise<CleanActor> {
  const client = startPublisher(host, wish, limits);
  await orEnd(
    client,
    client.packets.first(({ type }) => type === 'CONNACK', 'CONNACK', READY_BOUND_MS),
  );
  return {
    evidence: () => evidence(`publisher on ${host.name}`, ownPackets(client.packets.items, [])),
    async end() {
      await client.finish();
      await client.exited;
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/**
 * Not mosquitto_sub: it ends by a signal only, and its handler queues DISCONNECT without writing it where the signal comes within a callback.
 * A message of somebody else that is read next then is a protocol error to it, and it closes the connection (2.0.11: log "sending DISCONNECT",
 * last will at the observer).
 */
async function cleanSubscriber(host: Host, { login, ...wish }: ActorWish, limits: Limits): Promise<CleanActor> {
  const paho = await startPahoSubscriber(host, { ...wish, ...login, qos: 0 }, limits);
  await orEnd(
    paho,
    paho.events.first(({ kind }) => kind === 'subscribed', 'SUBACK', READY_BOUND_MS),
  );
  return {
    evidence: () =>
      paho.events.items.flatMap((event) => (event.kind === 'log' ? [{ who: `paho on ${host.name}`, ...event }] : [])),
    end: () => paho.finish(END_BOUND_MS),
    [Symbol.asyncDispose]: () => paho[Symbol.asyncDispose](),
  };
}

/** Waits for the client to be ready; one that is not is ended. */
async function orEnd(client: AsyncDisposable, ready: Promise<unknown>): Promise<void> {
  try {
    await ready;
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}
