import { awaitReady } from '../../deployment/ready.ts';
import { now, type Packet } from '../../probes/mqtt/packet.ts';
import type { End } from '../../probes/mqtt/raw-connection.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { Host } from '../../provisioning/hosts/host.ts';
import { retainedOn } from '../fixtures/retained-read.ts';
import { withRetainedRestored } from '../fixtures/retained-topic.ts';
import { endWithin } from '../fixtures/silent-client.ts';
import { acceptedAt, leftBy, ownerEvidence, socketEnd, willEvents } from '../fixtures/will-evidence.ts';
import { newWill, openOwner } from '../fixtures/will-owner.ts';
import type { WillRoles } from '../fixtures/will-roles.ts';
import type { WillOptions } from '../fixtures/will-verdict.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, nonce } from '../harness/messages.ts';
import { withPersistentSession } from '../harness/persistent-session.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { type BrokerEnd, restartBroker, saveDatabase } from './broker-control.ts';

/** What was there before the broker ended, and what is there once it runs again. */
export type Restarted = {
  /** From the order to the first CONNECT that is accepted. */
  readonly downMs: number;
  /** How the connections ended that were open; undefined: one did not. */
  readonly ends: readonly (End | undefined)[];
  readonly will: WillOptions;
  /** Last wills that a connected subscriber received before its connection ended. */
  readonly willsConnected: readonly Packet[];
  /** Last wills in the queue of a subscriber who was away. */
  readonly willsQueued: readonly Packet[];
  readonly sessionPresent: boolean;
  /** Whether a message of afterwards comes to the old session without a new SUBSCRIBE. */
  readonly isSubscribed: boolean;
  /** Copies of a message that was queued when the database was saved, and of one that came after. */
  readonly queued: { readonly saved: number; readonly later: number };
  /** Whether a new subscriber is served what was retained when the database was saved. */
  readonly isRetained: boolean;
  readonly packets: readonly object[];
};

/** A crash would cost what the database lacks, other people's retained messages and queues too. */
export type Spared = { readonly kind: 'spared'; readonly trouble: string };
export type Episode = Spared | { readonly kind: 'restarted'; readonly seen: Restarted };

/** What is left comes at once where the machine has time; a broker that has just started may not. */
const LEFT_MS = 10_000;

/**
 * Ends the broker and starts it again under connected clients and one that is away, whose session, queue and retained message are in the database.
 * Where the database is to be saved first and can't be, the broker goes on.
 */
export async function restartUnderClients(
  testLab: TestLab,
  host: Host,
  roles: WillRoles,
  end: BrokerEnd,
  isSaved: boolean,
): Promise<Episode> {
  const { topic, observer: reader, publisher: writer } = roles;
  return await withRetainedRestored(testLab, topic, { writer, reader }, () =>
    withPersistentSession(testLab, { user: reader, version: 4 }, async (clientId): Promise<Episode> => {
      const away = await testLab.raw(reader, { clean: false, clientId });
      await subscribe(away, topic);
      await away.disconnect();
      const [saved, later, kept] = ['saved', 'later', 'kept'].map((word) => Buffer.from(`${word} ${nonce()}`));
      if (saved === undefined || later === undefined || kept === undefined) throw new Error('no payload');
      await using writing = await testLab.raw(writer);
      await using seeing = await testLab.raw(reader);
      await subscribe(seeing, topic);
      await writing.publish(topic, saved, { qos: 1 });
      await writing.publish(topic, kept, { qos: 1, retain: true });
      const trouble = isSaved ? await troubleOf(saveDatabase(host)) : undefined;
      if (trouble !== undefined) return { kind: 'spared', trouble };
      await writing.publish(topic, later, { qos: 1 });
      const will = newWill(roles);
      await using owner = await openOwner(testLab, roles, 4, will);
      testLab.brokerLog();
      const orderedAt = now();
      await restartBroker(host, end);
      await awaitReady(testLab.live, testLab.stopped);
      const downMs = Math.round(now() - orderedAt);
      const ends = await Promise.all([writing, seeing, owner].map((session) => endWithin(session, LEFT_MS)));
      const retained = await retainedOn(testLab, topic, reader);
      await using back = await testLab.raw(reader, { clean: false, clientId });
      const isSubscribed = await reaches(testLab, roles, back);
      const carriesWill = (packet: Packet) => packet.payload?.includes(will.text) === true;
      const copies = (payload: Buffer) => back.packets.filter(isMessage(payload)).length;
      const willsConnected = received(seeing).filter(carriesWill);
      const seen = {
        downMs,
        ends,
        will,
        willsConnected,
        willsQueued: received(back).filter(carriesWill),
        sessionPresent: back.packets.some((packet) => packet.type === 'CONNACK' && packet.sessionPresent === true),
        isSubscribed,
        queued: { saved: copies(saved), later: copies(later) },
        isRetained: retained?.payload.equals(kept) === true,
        packets: [
          ...ownerEvidence(roles.role, owner.packets),
          ...evidence('observer', ownPackets(seeing.packets, [will.payload])),
          ...evidence('who was away', ownPackets(back.packets, [saved, later, will.payload])),
          ...(await willEvents(testLab, {
            owner: leftBy(owner, will),
            cause: { at: orderedAt, what: end === 'stop' ? 'a clean stop of the broker' : 'SIGKILL to the broker' },
            end: socketEnd(ends[2]),
            wills: willsConnected,
            backAt: acceptedAt(back),
            broker: 'ended',
          })),
        ],
      };
      return { kind: 'restarted', seen };
    }),
  );
}

async function troubleOf(work: Promise<void>): Promise<string | undefined> {
  return await work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/** Whether what is published now comes to the session; what the broker had queued for it is here then. */
async function reaches(testLab: TestLab, { topic, publisher }: WillRoles, session: RawSession): Promise<boolean> {
  const last = Buffer.from(`sentinel ${nonce()}`);
  await using writing = await testLab.raw(publisher);
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
