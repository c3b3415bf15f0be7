import { errorMessage, LabError } from '../../base/errors.ts';
import { awaitReady } from '../../deployment/ready.ts';
import { now, type Packet } from '../../probes/mqtt/packet.ts';
import type { End } from '../../probes/mqtt/raw-connection.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { Host } from '../../provisioning/hosts/host.ts';
import { retainedOn } from '../fixtures/retained-read.ts';
import { withRetainedRestored } from '../fixtures/retained-topic.ts';
import { endWithin } from '../fixtures/silent-client.ts';
import { acceptedAt, ownerEvidence, ownerOf, socketEnd, willEvents } from '../fixtures/will-evidence.ts';
import { newWill, openOwner } from '../fixtures/will-owner.ts';
import type { WillRoles } from '../fixtures/will-roles.ts';
import type { WillOptions } from '../fixtures/will-verdict.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, nonce } from '../harness/messages.ts';
import { withPersistentSession } from '../harness/persistent-session.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { type BrokerEnd, restartBroker, saveDatabase } from './broker-control.ts';

/** What clients saw of a restart of the broker. */
export type SeenRestart = {
  /** From the order to the first CONNECT that the broker accepts. */
  readonly downMs: number;
  /** How the open connections ended; undefined: one did not. */
  readonly ends: readonly (End | undefined)[];
  readonly will: WillOptions;
  /** Last wills that a connected subscriber received before its connection ended. */
  readonly willsConnected: readonly Packet[];
  /** Last wills in the queue of an absent subscriber. */
  readonly willsQueued: readonly Packet[];
  readonly sessionPresent: boolean;
  /** Whether the old session receives a new message without a new SUBSCRIBE. */
  readonly isSubscribed: boolean;
  /** Copies of the messages that were queued before and after the broker saved its database. */
  readonly queued: { readonly saved: number; readonly later: number };
  /** Whether a new subscriber receives the message that was retained when the broker saved its database. */
  readonly isRetained: boolean;
  readonly packets: readonly object[];
};

/** `not crashed`: the broker could not save its database, and a crash would lose retained messages and queues of others. */
export type Restart =
  | { readonly kind: 'not crashed'; readonly problem: string }
  | { readonly kind: 'restarted'; readonly seen: SeenRestart };

export type RestartOptions = {
  readonly host: Host;
  readonly roles: WillRoles;
  readonly end: BrokerEnd;
  /** Whether the broker has a database, which it saves before a crash. */
  readonly hasDatabase: boolean;
};

/** How long a broker that has just started may take to end connections and deliver what it stored. */
const AFTERWARDS_MS = 10_000;

/**
 * Ends the broker and starts it again, with connected clients and an absent one whose session, queue and retained message
 * are in the database.
 */
export async function restartUnderClients(testLab: TestLab, options: RestartOptions): Promise<Restart> {
  const { topic, observer: reader, publisher: writer } = options.roles;
  return await withRetainedRestored(testLab, topic, { writer, reader }, () =>
    withPersistentSession(testLab, { user: reader, version: 4 }, (absentId) => restart(testLab, options, absentId)),
  );
}

async function restart(testLab: TestLab, options: RestartOptions, absentId: string): Promise<Restart> {
  const { host, roles, end, hasDatabase } = options;
  const { topic } = roles;
  const messages = { saved: message('saved'), later: message('later'), retained: message('retained') };
  const absent = await testLab.raw(roles.observer, { clean: false, clientId: absentId });
  await subscribe(absent, topic);
  await absent.disconnect();
  await using publisher = await testLab.raw(roles.publisher);
  await using subscriber = await testLab.raw(roles.observer);
  await subscribe(subscriber, topic);
  await publisher.publish(topic, messages.saved, { qos: 1 });
  await publisher.publish(topic, messages.retained, { qos: 1, retain: true });
  if (end === 'crash' && hasDatabase) {
    const problem = await saveDatabase(host).then(() => undefined, errorMessage);
    if (problem !== undefined) return { kind: 'not crashed', problem };
  }
  await publisher.publish(topic, messages.later, { qos: 1 });
  const will = newWill(roles);
  await using owner = await openOwner(testLab, roles, will, { version: 4 });
  testLab.brokerLog();
  const orderedAt = now();
  await restartBroker(host, end);
  await awaitReady(testLab.live, testLab.stopped).catch(blameBroker);
  const downMs = Math.round(now() - orderedAt);
  const ends = await Promise.all([publisher, subscriber, owner].map((session) => endWithin(session, AFTERWARDS_MS)));
  const retained = await retainedOn(testLab, topic, roles.observer);
  await using back = await testLab.raw(roles.observer, { clean: false, clientId: absentId });
  const isSubscribed = await receives(testLab, roles, back);
  const willsConnected = received(subscriber).filter(({ payload }) => payload?.includes(will.text) === true);
  const copies = (payload: Buffer) => back.packets.filter(isMessage(payload)).length;
  const events = await willEvents(testLab, {
    owner: ownerOf(owner, will),
    cause: { at: orderedAt, what: end === 'stop' ? 'a clean stop of the broker' : 'SIGKILL to the broker' },
    end: socketEnd(ends[2]),
    wills: willsConnected,
    backAt: acceptedAt(back),
    broker: 'ended',
  });
  const seen = {
    downMs,
    ends,
    will,
    willsConnected,
    willsQueued: received(back).filter(({ payload }) => payload?.includes(will.text) === true),
    sessionPresent: back.packets.some((packet) => packet.type === 'CONNACK' && packet.sessionPresent === true),
    isSubscribed,
    queued: { saved: copies(messages.saved), later: copies(messages.later) },
    isRetained: retained?.payload.equals(messages.retained) === true,
    packets: [
      ...ownerEvidence(roles.role, owner.packets),
      ...evidence('observer', ownPackets(subscriber.packets, [will.payload])),
      ...evidence('absent subscriber', ownPackets(back.packets, [messages.saved, messages.later, will.payload])),
      ...events,
    ],
  };
  return { kind: 'restarted', seen };
}

function message(name: string): Buffer {
  return Buffer.from(`${name} ${nonce()}`);
}

/** Whether the session receives a new message. The broker has then delivered what it had queued for it. */
async function receives(testLab: TestLab, { topic, publisher }: WillRoles, session: RawSession): Promise<boolean> {
  const last = message('sentinel');
  await using sending = await testLab.raw(publisher);
  await sending.publish(topic, last, { qos: 1 });
  const isReceived = await session.packet(isMessage(last), 'sentinel', AFTERWARDS_MS).then(
    () => true,
    () => false,
  );
  await session.barrier();
  return isReceived;
}

async function subscribe(session: RawSession, topic: string): Promise<void> {
  const granted = await session.subscribe(topic, 1);
  if (granted >= 0x80) throw new Error(`the broker refused the subscription to ${topic} with code ${granted}`);
}

function received({ packets }: RawSession): Packet[] {
  return packets.filter(({ type, direction }) => type === 'PUBLISH' && direction === 'received');
}

/** The check has ended this broker itself, so that its silence is a failure of the broker. */
function blameBroker(error: unknown): never {
  throw error instanceof LabError && error.kind === 'could-not-run' ? new LabError(error.trouble, 'failed') : error;
}
