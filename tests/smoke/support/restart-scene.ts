import { now, type Packet } from '../../../probes/packet.ts';
import type { End, RawSession } from '../../../probes/raw-session.ts';
import { awaitReady } from '../../../probes/ready.ts';
import type { Host } from '../../../provisioning/hosts/host.ts';
import { type BrokerEnd, restartBroker, saveDatabase } from './broker-control.ts';
import { evidence, ownPackets } from './evidence.ts';
import { isMessage } from './matching.ts';
import { keepingRetained, retainedOn } from './retained-scene.ts';
import { endWithin } from './silence.ts';
import type { WillCast } from './will-cast.ts';
import type { WillWish } from './will-judge.ts';
import { forget, newWill, openOwner } from './will-owner.ts';
import { nonce, type World } from './world.ts';

/** What was there before the broker ended, and what is there once it runs again. */
export type Restarted = {
  /** From the order to the first CONNECT that is accepted. */
  readonly downMs: number;
  /** How the connections ended that were open; undefined: one did not. */
  readonly ends: readonly (End | undefined)[];
  readonly will: WillWish;
  /** Last wills that a connected subscriber received before its connection ended. */
  readonly willsConnected: readonly Packet[];
  /** Last wills in the queue of a subscriber who was away. */
  readonly willsQueued: readonly Packet[];
  readonly sessionPresent: boolean;
  /** Whether a message of afterwards comes to the old session without a new SUBSCRIBE. */
  readonly isSubscribed: boolean;
  /** Why the database could not be saved before; undefined: it was, or nobody asked for it. */
  readonly saveTrouble: string | undefined;
  /** Copies of a message that was queued when the database was saved, and of one that came after. */
  readonly queued: { readonly saved: number; readonly later: number };
  /** Whether a new subscriber is served what was retained when the database was saved. */
  readonly isRetained: boolean;
  readonly packets: readonly object[];
};

const LEFT_MS = 3_000;

/** Ends the broker and starts it again under connected clients and one that is away, whose session, queue and retained message are in the database. */
export async function restartUnderClients(
  world: World,
  host: Host,
  cast: WillCast,
  end: BrokerEnd,
  isSaved: boolean,
): Promise<Restarted> {
  const { topic, observer: reader, publisher: writer } = cast;
  return await keepingRetained(world, topic, { writer, reader }, async () => {
    const away = await world.raw(reader, { clean: false });
    const { clientId } = away;
    try {
      await subscribe(away, topic);
      await away.disconnect();
      const [saved, later, kept] = ['saved', 'later', 'kept'].map((word) => Buffer.from(`${word} ${nonce()}`));
      if (saved === undefined || later === undefined || kept === undefined) throw new Error('no payload');
      const [writing, seeing] = await Promise.all([world.raw(writer), world.raw(reader)]);
      await subscribe(seeing, topic);
      await writing.publish(topic, saved, { qos: 1 });
      await writing.publish(topic, kept, { qos: 1, retain: true });
      const saveTrouble = isSaved ? await troubleOf(saveDatabase(host)) : undefined;
      await writing.publish(topic, later, { qos: 1 });
      const will = newWill(cast);
      const owner = await openOwner(world, cast, 4, will);
      const orderedAt = now();
      await restartBroker(host, end);
      await awaitReady(world.live, world.stopped);
      const downMs = Math.round(now() - orderedAt);
      const ends = await Promise.all([writing, seeing, owner].map((session) => endWithin(session, LEFT_MS)));
      const retained = await retainedOn(world, topic, reader);
      await using back = await world.raw(reader, { clean: false, clientId });
      const isSubscribed = await reaches(world, cast, back);
      const carriesWill = (packet: Packet) => packet.payload?.includes(will.text) === true;
      const copies = (payload: Buffer) => back.packets.filter(isMessage(payload)).length;
      return {
        downMs,
        ends,
        will,
        willsConnected: received(seeing).filter(carriesWill),
        willsQueued: received(back).filter(carriesWill),
        sessionPresent: back.packets.some((packet) => packet.type === 'CONNACK' && packet.sessionPresent === true),
        isSubscribed,
        saveTrouble,
        queued: { saved: copies(saved), later: copies(later) },
        isRetained: retained?.payload.equals(kept) === true,
        packets: [
          ...evidence('observer', ownPackets(seeing.packets, [will.payload])),
          ...evidence('who was away', ownPackets(back.packets, [saved, later, will.payload])),
        ],
      };
    } finally {
      await forget(world, { owner: reader }, 4, clientId);
    }
  });
}

async function troubleOf(work: Promise<void>): Promise<string | undefined> {
  return await work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/** Whether what is published now comes to the session; what the broker had queued for it is here then. */
async function reaches(world: World, { topic, publisher }: WillCast, session: RawSession): Promise<boolean> {
  const last = Buffer.from(`sentinel ${nonce()}`);
  await using writing = await world.raw(publisher);
  await writing.publish(topic, last, { qos: 1 });
  const seen = await session.packet(isMessage(last), 'sentinel', LEFT_MS).catch(() => undefined);
  await session.barrier();
  return seen !== undefined;
}

async function subscribe(session: RawSession, topic: string): Promise<void> {
  const granted = await session.subscribe(topic, 1);
  if (granted >= 0x80) throw new Error(`the broker refused a subscription to ${topic} with code ${granted}`);
}

function received({ packets }: RawSession): Packet[] {
  return packets.filter(({ type, direction }) => type === 'PUBLISH' && direction === 'received');
}
