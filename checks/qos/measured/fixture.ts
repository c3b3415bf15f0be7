import { readFile } from 'node:fs/promises';
import type { LivePi } from '../../../deployment/live-lab.ts';
import type { User } from '../../../lab-file/lab.ts';
import {
  type MeasuringClient,
  type MeasuringEvent,
  startMeasuringClient,
} from '../../../probes/clients/measuring-client.ts';
import type { RawSession } from '../../../probes/mqtt/raw-session.ts';
import type { QoS } from '../../../probes/mqtt/session.ts';
import { nonce } from '../../harness/messages.ts';
import { loginOf, type TestLab } from '../../harness/test-lab.ts';

export type TopicRoles = { readonly topic: string; readonly publisher: User; readonly subscriber: User };

/** A publisher on this machine and the measuring client on a Pi that listens to it. */
export type MeasuringFixture = AsyncDisposable & {
  readonly sending: RawSession;
  readonly roles: TopicRoles;
  /** First word of its messages. */
  readonly nonce: string;
  /** QoS that the measuring client's subscription was granted. */
  readonly granted: number;
  /** Has the measuring client do something, such as `flush`. */
  report(verb: string, ...args: readonly string[]): Promise<void>;
  /** The next event of a kind that no `event` has given yet. */
  event<K extends MeasuringEvent['kind']>(kind: K): Promise<Extract<MeasuringEvent, { kind: K }>>;
};

const BOUND_MS = 120_000;
const WAIT_MS = 25_000;

/** Opens both; throws a NotSeen or a LabError where one of them does not come to be. */
export async function openMeasuringFixture(testLab: TestLab, pi: LivePi, roles: TopicRoles): Promise<MeasuringFixture> {
  const { topic, publisher, subscriber } = roles;
  const mark = nonce();
  const host = await testLab.host(pi.name, pi.host, 'measure');
  const options = {
    ...pi.broker,
    topic,
    nonce: mark,
    keepAlive: testLab.broker.keepAlive,
    subscriber: loginOf(subscriber),
    publisher: loginOf(publisher),
  };
  const client = await startMeasuringClient(host, options, { boundMs: BOUND_MS, signal: testLab.stopped });
  let sending: RawSession | undefined;
  const close = async () => {
    await sending?.[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
  };
  try {
    sending = await testLab.raw(publisher);
    const event = eventsOf(client);
    const { qos: granted } = await event('subscribed');
    return fixtureOf({ sending, roles, nonce: mark, granted, event, [Symbol.asyncDispose]: close });
  } catch (error) {
    await close();
    throw error;
  }
}

function fixtureOf(parts: Omit<MeasuringFixture, 'report'>): MeasuringFixture {
  const { sending, nonce, roles } = parts;
  return {
    ...parts,
    async report(verb, ...args) {
      await sending.publish(roles.topic, Buffer.from([nonce, verb, ...args].join(' ')));
    },
  };
}

/** Each event once. */
function eventsOf({ events }: MeasuringClient): MeasuringFixture['event'] {
  const given = new Set<MeasuringEvent>();
  return async (kind) => {
    const found = await events.first((event) => event.kind === kind && !given.has(event), kind, WAIT_MS);
    if (!isOfKind(found, kind)) throw new Error(`${found.kind} is no ${kind}`);
    given.add(found);
    return found;
  };
}

function isOfKind<K extends MeasuringEvent['kind']>(
  event: MeasuringEvent,
  kind: K,
): event is Extract<MeasuringEvent, { kind: K }> {
  return event.kind === kind;
}

/** What names this machine's running kernel (random(4)); undefined where it has no such name. */
export async function ownBootId(): Promise<string | undefined> {
  const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined);
  return text?.trim();
}

/** Payload of a message that the measuring client takes for one of this stage's, filled up to a size. */
export function ownPayload(fixture: Pick<MeasuringFixture, 'nonce'>, index: number, bytes: number): Buffer {
  return Buffer.from(`${fixture.nonce} m ${index} `.padEnd(bytes, 'x'));
}

export const LEVELS: readonly QoS[] = [0, 1, 2];
