import { atMost } from '../../base/limit.ts';
import type { Packet } from '../../probes/mqtt/packet.ts';
import type { RawOptions } from '../../probes/mqtt/raw-options.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import { freshClientId, type QoS, type Version } from '../../probes/mqtt/session.ts';
import { messagePayload } from '../fixtures/message-payload.ts';
import { type Check, type Finding, notApplicable } from '../harness/check.ts';
import { withCleanUp } from '../harness/clean-up.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { removeSession, SESSION_EXPIRY_S } from '../harness/persistent-session.ts';
import { overOf, tagOf } from '../harness/protocol.ts';
import { type Requirements, whyUnsupported } from '../harness/requirements.ts';
import { NO_TOPIC_ROLES, type Role, type TopicRoles, topicRoles } from '../harness/roles.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';

/** The clients and messages of a check. */
export type SessionFixture = {
  readonly topic: string;
  readonly brokerKind: BrokerKind;
  /** Connects to the session under test: always the same client id, and the session outlives the connection. */
  connect(options?: Partial<RawOptions>): Promise<RawSession>;
  /** Connects another client, with its own client id and a clean session. */
  other(role: Role): Promise<RawSession>;
  /** A payload of this check; with `bytes`, binary and of that length where the broker accepts it. */
  message(name: string, bytes?: number): Buffer;
};

export type SessionCase = {
  /** The part of the check's id after `session`. */
  readonly name: string;
  readonly claim: string;
  readonly statement?: Readonly<Record<Version, string>>;
  readonly expected: object;
  /** The owner of the session under test. */
  readonly role: Role;
  /** @default QoS 1, with messages queued for an absent client */
  readonly requires?: Requirements;
  run(fixture: SessionFixture): Promise<Finding>;
};

const BOUND_MS = 60_000;
const limit = atMost(6);

/** The most messages that a check publishes to a client that is absent or has just returned. */
const QUEUED = 4;

/** The requirements of a check that publishes to an absent client. */
export function queueing(qos: QoS): Requirements {
  return { qos, queued: QUEUED };
}

export function sessionCheck(testLab: TestLab, version: Version, sessionCase: SessionCase): Check {
  const { name, claim, statement, expected, requires = queueing(1) } = sessionCase;
  const named = { id: `session.${name}.${tagOf(version)}`, claim: `${claim}, ${overOf(version)}` } as const;
  const roles = topicRoles(testLab.lab);
  if (roles === undefined) return notApplicable(named, NO_TOPIC_ROLES);
  const why = whyUnsupported(testLab, requires);
  if (why !== undefined) return notApplicable(named, why);
  return {
    ...named,
    version,
    ...(statement === undefined ? {} : { statement: statement[version] }),
    expected,
    boundMs: BOUND_MS,
    limit,
    run: () => runCase(testLab, version, roles, sessionCase),
  };
}

/** A connection of the check, and the name of its client. */
type Opened = { readonly who: string; readonly session: RawSession };

async function runCase(
  testLab: TestLab,
  version: Version,
  roles: TopicRoles,
  { role, run }: SessionCase,
): Promise<Finding> {
  const owner = roles[role];
  const clientId = freshClientId();
  const payloads: Buffer[] = [];
  const opened: Opened[] = [];
  const logins: Promise<RawSession>[] = [];
  const open = async (who: string, login: Promise<RawSession>) => {
    logins.push(login);
    const session = await login;
    opened.push({ who, session });
    return session;
  };
  const persistent = { version, clientId, clean: false, sessionExpiry: SESSION_EXPIRY_S };
  const fixture: SessionFixture = {
    topic: roles.topic,
    brokerKind: testLab.brokerKind,
    connect: (options = {}) => open(owner.name, testLab.raw(owner, { ...persistent, ...options })),
    other: (other) => open(`another ${other}`, testLab.raw(roles[other], { version })),
    message(name, bytes = 0) {
      const payload = messagePayload({ ...testLab, topic: roles.topic }, name, bytes);
      payloads.push(payload);
      return payload;
    },
  };
  const finding = await withCleanUp(
    testLab,
    () => run(fixture),
    async () => {
      // a login that completes after the removal would create the session again
      await Promise.allSettled(logins);
      for (const { session } of opened) session.destroy();
      await removeSession(testLab, { user: owner, version }, clientId);
    },
  );
  return { ...finding, evidence: evidenceOf(opened, payloads) };
}

/** Whether the broker reported that it had the session. */
export function isPresent({ packets }: RawSession): boolean {
  return packets.some(({ type, sessionPresent }) => type === 'CONNACK' && sessionPresent === true);
}

/** The received PUBLISH packets with one of these payloads, in order. */
export function copiesOf({ packets }: RawSession, payloads: readonly Buffer[]): Packet[] {
  return packets.filter(
    ({ type, direction, payload }) =>
      type === 'PUBLISH' &&
      direction === 'received' &&
      payload !== undefined &&
      payloads.some((own) => own.equals(payload)),
  );
}

/** Groups the packets by client, across its connections, because packet ids belong to a session. */
function evidenceOf(opened: readonly Opened[], payloads: readonly Buffer[]): object[] {
  const names = [...new Set(opened.map(({ who }) => who))];
  return names.flatMap((who) => {
    const packets = opened.flatMap((one) => (one.who === who ? one.session.packets : []));
    return evidence(who, ownPackets(packets, payloads));
  });
}

/** A packet as `observed` shows it. */
export function packetSummary({ type, packetId, dup }: Packet): object {
  return { type, packetId, ...(dup === undefined ? {} : { dup }) };
}
