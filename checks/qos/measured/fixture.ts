import { endpointOn } from '../../../deployment/endpoints.ts';
import type { LivePi } from '../../../deployment/live-lab.ts';
import {
  type MeasuringClient,
  type MeasuringEvent,
  startMeasuringClient,
} from '../../../probes/clients/measuring-client.ts';
import type { RawSession } from '../../../probes/mqtt/raw-session.ts';
import type { QoS } from '../../../probes/mqtt/session.ts';
import { nonce } from '../../harness/messages.ts';
import type { TopicRoles } from '../../harness/roles.ts';
import { loginOf, type TestLab } from '../../harness/test-lab.ts';

/** The measurement of messages of one QoS to one Pi. */
export type Measurement = { readonly pi: LivePi; readonly roles: TopicRoles; readonly qos: QoS };

/** A publisher on this machine, and the measuring client on a Pi, which receives its messages. */
export type MeasuringFixture = AsyncDisposable & {
  readonly sending: RawSession;
  readonly roles: TopicRoles;
  /** The first word of the fixture's messages. */
  readonly nonce: string;
  /** Whether the measuring client's connections go over TLS. */
  readonly isEncrypted: Readonly<Record<'publisher' | 'subscriber', boolean>>;
  /** The QoS that the broker granted to the measuring client's subscription. */
  readonly granted: number;
  /** Sends the measuring client an order that `measuring_client.py` defines, such as `flush`. */
  order(verb: string, ...args: readonly string[]): Promise<void>;
  /** Waits for the next event of a kind. Returns each event once. */
  event<K extends MeasuringEvent['kind']>(kind: K): Promise<Extract<MeasuringEvent, { kind: K }>>;
};

const BOUND_MS = 120_000;
const WAIT_MS = 10_000;

/** Throws a NotSeen or a LabError where one of the clients cannot connect or subscribe. */
export async function openMeasuringFixture(
  testLab: TestLab,
  { pi, roles }: Pick<Measurement, 'pi' | 'roles'>,
): Promise<MeasuringFixture> {
  const { topic, publisher, subscriber } = roles;
  const mark = nonce();
  const host = await testLab.host(pi.name, pi.host, 'measure');
  const options = {
    topic,
    nonce: mark,
    keepAlive: testLab.broker.keepAlive,
    subscriber: { ...endpointOn(pi, subscriber), ...loginOf(subscriber) },
    publisher: { ...endpointOn(pi, publisher), ...loginOf(publisher) },
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
    const isEncrypted = {
      publisher: options.publisher.tls !== undefined,
      subscriber: options.subscriber.tls !== undefined,
    };
    return fixtureOf({ sending, roles, nonce: mark, isEncrypted, granted, event, [Symbol.asyncDispose]: close });
  } catch (error) {
    await close();
    throw error;
  }
}

function fixtureOf(parts: Omit<MeasuringFixture, 'order'>): MeasuringFixture {
  const { sending, nonce, roles } = parts;
  return {
    ...parts,
    async order(verb, ...args) {
      await sending.publish(roles.topic, Buffer.from([nonce, verb, ...args].join(' ')));
    },
  };
}

function eventsOf({ events }: MeasuringClient): MeasuringFixture['event'] {
  const returned = new Set<MeasuringEvent>();
  return async (kind) => {
    const found = await events.first((event) => event.kind === kind && !returned.has(event), kind, WAIT_MS);
    if (!isOfKind(found, kind)) throw new Error(`${found.kind} is no ${kind}`);
    returned.add(found);
    return found;
  };
}

function isOfKind<K extends MeasuringEvent['kind']>(
  event: MeasuringEvent,
  kind: K,
): event is Extract<MeasuringEvent, { kind: K }> {
  return event.kind === kind;
}

/** A payload that the measuring client recognises as the fixture's, padded to a size. */
export function ownPayload({ nonce }: Pick<MeasuringFixture, 'nonce'>, index: number, bytes: number): Buffer {
  return Buffer.from(`${nonce} m ${index} `.padEnd(bytes, 'x'));
}
