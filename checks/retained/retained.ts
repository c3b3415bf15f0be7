import type { Packet } from '../../probes/mqtt/packet.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { messagePayload } from '../fixtures/message-payload.ts';
import { newSubscription } from '../fixtures/retained-read.ts';
import { retainedLimit, withRetainedRestored } from '../fixtures/retained-topic.ts';
import { type Check, notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, mustPublish, nonce } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { whyUnsupported } from '../harness/requirements.ts';
import { NO_TOPIC_ROLES, type TopicRoles, topicRoles } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { judgeRetained, type RetainedSeen } from './served.ts';

type Established = NonNullable<RetainedSeen['established']>;

type RetainedFixture = {
  readonly first: Buffer;
  readonly second: Buffer;
  publish(payload: Buffer, retain?: boolean): Promise<void>;
  /** Subscribes on a new connection. */
  served(): Promise<RetainedSeen>;
  /** Subscribes now. The returned function reports how a message arrived that was published since. */
  established(): Promise<(payload: Buffer) => Promise<Established>>;
};

type RetainedCase = {
  readonly name: string;
  readonly claim: string;
  readonly statement: Readonly<Record<Version, string>>;
  readonly expected: RetainedSeen;
  run(fixture: RetainedFixture): Promise<RetainedSeen>;
};

const BOUND_MS = 60_000;
const NOTHING = Buffer.alloc(0);
/** Longer than a segment: a broker may store long messages in another way. */
const LONG_BYTES = 10_000;
const first: RetainedSeen = { served: 'the first message', retain: true, atItsQoS: true };
const second: RetainedSeen = { ...first, served: 'the second message' };
const nothing: RetainedSeen = { served: 'nothing' };

const CASES: readonly RetainedCase[] = [
  {
    name: 'set',
    claim: 'the broker stores a retained message with its QoS for later subscriptions',
    statement: { 4: 'MQTT-3.3.1-5', 5: 'MQTT-3.3.1-5' },
    expected: first,
    async run(fixture) {
      await fixture.publish(fixture.first);
      return await fixture.served();
    },
  },
  {
    name: 'served',
    claim: 'a new subscription receives a retained message with the RETAIN flag, an established one without it',
    statement: { 4: 'MQTT-3.3.1-9', 5: 'MQTT-3.3.1-12' },
    expected: { ...first, established: { copies: 1, retain: false } },
    async run(fixture) {
      const received = await fixture.established();
      await fixture.publish(fixture.first);
      return { ...(await fixture.served()), established: await received(fixture.first) };
    },
  },
  {
    name: 'cleared',
    claim: 'an empty retained message removes the retained message',
    statement: { 4: 'MQTT-3.3.1-10', 5: 'MQTT-3.3.1-6' },
    expected: { ...nothing, before: first.served },
    async run(fixture) {
      await fixture.publish(fixture.first);
      const before = await fixture.served();
      await fixture.publish(NOTHING);
      return { ...(await fixture.served()), before: before.served };
    },
  },
  {
    name: 'replaced',
    claim: 'a retained message replaces the earlier one',
    statement: { 4: 'MQTT-3.3.1-5', 5: 'MQTT-3.3.1-5' },
    expected: { ...second, before: first.served },
    async run(fixture) {
      await fixture.publish(fixture.first);
      const before = await fixture.served();
      await fixture.publish(fixture.second);
      return { ...(await fixture.served()), before: before.served };
    },
  },
  {
    name: 'untouched',
    claim: 'a message without the RETAIN flag does not change the retained message',
    statement: { 4: 'MQTT-3.3.1-12', 5: 'MQTT-3.3.1-8' },
    expected: first,
    async run(fixture) {
      await fixture.publish(fixture.first);
      await fixture.publish(fixture.second, false);
      return await fixture.served();
    },
  },
];

export const retained: CheckFamily = (testLab) => {
  const roles = topicRoles(testLab.lab);
  return VERSIONS.flatMap((version) => CASES.map((retainedCase) => caseCheck(testLab, roles, version, retainedCase)));
};

function caseCheck(
  testLab: TestLab,
  roles: TopicRoles | undefined,
  version: Version,
  { name, claim, statement, expected, run }: RetainedCase,
): Check {
  const named = { id: `retained.${name}.${tagOf(version)}`, claim: `${claim}, ${overOf(version)}` } as const;
  if (roles === undefined) return notApplicable(named, NO_TOPIC_ROLES);
  const why = whyUnsupported(testLab, { retained: true, qos: 1, neverRaisesQoS: true });
  if (why !== undefined) return notApplicable(named, why);
  const { topic, publisher: writer, subscriber: reader } = roles;
  return {
    ...named,
    version,
    statement: statement[version],
    expected,
    boundMs: BOUND_MS,
    limit: retainedLimit(testLab, topic),
    async run() {
      return await withRetainedRestored(testLab, topic, { writer, reader }, async () => {
        const writing = await testLab.raw(writer, { version });
        await using _writing = writing;
        const opened: RawSession[] = [];
        const fixture = openFixture(testLab, { roles, version, writing, opened });
        const observed = await run(fixture).finally(async () => {
          await Promise.all(opened.map((session) => session[Symbol.asyncDispose]()));
        });
        const own = [fixture.first, fixture.second, NOTHING];
        const seen = opened.flatMap((session) => evidence(reader.name, ownPackets(session.packets, own)));
        const packets = [...evidence(writer.name, ownPackets(writing.packets, own)), ...seen];
        return { ...judgeRetained(expected, observed), evidence: packets };
      });
    },
  };
}

type FixtureOptions = {
  readonly roles: TopicRoles;
  readonly version: Version;
  readonly writing: RawSession;
  /** The fixture adds each connection that it opens. The caller closes them. */
  readonly opened: RawSession[];
};

function openFixture(testLab: TestLab, { roles, version, writing, opened }: FixtureOptions): RetainedFixture {
  const { topic, subscriber } = roles;
  const payload = (name: string, bytes?: number) => messagePayload({ ...testLab, topic }, name, bytes);
  const messages = { first: payload('first', LONG_BYTES), second: payload('second') };
  const open = async () => {
    const session = await testLab.raw(subscriber, { version });
    opened.push(session);
    return session;
  };
  const publish = async (payload: Buffer, retain: boolean) => {
    await mustPublish(writing, topic, payload, { qos: 1, retain });
  };
  return {
    ...messages,
    publish: (payload, retain = true) => publish(payload, retain),
    async served() {
      const { retained: packet, granted } = await newSubscription(testLab, await open(), topic);
      if (packet === undefined) return nothing;
      const { retain = false, qos } = packet;
      return { served: nameOf(packet, messages), retain, atItsQoS: qos === Math.min(1, granted) };
    },
    async established() {
      const session = await open();
      await session.subscribe(topic, 1);
      return async (payload) => {
        const last = Buffer.from(`sentinel ${nonce()}`);
        await publish(last, false);
        await session.packet(isMessage(last), 'sentinel');
        const copies = session.packets.filter(isMessage(payload));
        return { copies: copies.length, retain: copies.some(({ retain }) => retain === true) };
      };
    },
  };
}

function nameOf({ payload = NOTHING }: Packet, messages: Pick<RetainedFixture, 'first' | 'second'>): string {
  if (payload.equals(messages.first)) return 'the first message';
  // without its text: it may be the user's, and records must not contain that
  return payload.equals(messages.second) ? 'the second message' : 'another message';
}
