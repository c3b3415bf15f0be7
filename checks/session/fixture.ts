import { atMost } from '../../base/limit.ts';
import type { Packet } from '../../probes/mqtt/packet.ts';
import type { RawOptions } from '../../probes/mqtt/raw-options.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import { freshClientId, type QoS, type Version } from '../../probes/mqtt/session.ts';
import { type Check, type Finding, notApplicable } from '../harness/check.ts';
import { withCleanUp } from '../harness/clean-up.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { nonce } from '../harness/messages.ts';
import { removeSession } from '../harness/persistent-session.ts';
import { overOf, tagOf } from '../harness/protocol.ts';
import { type Requirements, whyUnsupported } from '../harness/requirements.ts';
import { topicRoles } from '../harness/roles.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';

/** What a check of sessions plays with. */
export type SessionFixture = {
  readonly topic: string;
  readonly brokerKind: BrokerKind;
  /** Connects to the session under test: always the same client id, and the session outlives the connection. */
  connect(options?: Partial<RawOptions>): Promise<RawSession>;
  /** Connects somebody else: a client id of its own, and nothing of it lasts. */
  other(role: SessionRole): Promise<RawSession>;
  /** A payload of this check. */
  message(name: string): Buffer;
};

export type SessionRole = 'publisher' | 'subscriber';

export type SessionCase = {
  /** Of the check's id, behind `session`. */
  readonly name: string;
  readonly claim: string;
  readonly statement?: Readonly<Record<Version, string>>;
  readonly expected: object;
  /** Whose session is under test. */
  readonly role: SessionRole;
  /** @default QoS 1, with messages that wait for who is away */
  readonly requires?: Requirements;
  run(fixture: SessionFixture): Promise<Finding>;
};

const BOUND_MS = 60_000;
/** Should the clean-up fail. */
const EXPIRY_S = 120;
const limit = atMost(6);

/** The most messages that a check leaves to a client that is away, with what it publishes when the client is back. */
const QUEUED = 4;

/** What a check needs that leaves messages of a QoS to a client that is away. */
export function queueing(qos: QoS): Requirements {
  return { qos, queued: QUEUED };
}

export function sessionCheck(testLab: TestLab, version: Version, definition: SessionCase): Check {
  const named = {
    id: `session.${definition.name}.${tagOf(version)}`,
    claim: `${definition.claim}, ${overOf(version)}`,
  } as const;
  const roles = topicRoles(testLab.lab);
  if (roles === undefined) {
    return notApplicable(named, 'lab.yaml has no topic that somebody may publish and somebody may subscribe');
  }
  const why = whyUnsupported(testLab, definition.requires ?? queueing(1));
  if (why !== undefined) return notApplicable(named, why);
  const owner = roles[definition.role];
  return {
    ...named,
    version,
    ...(definition.statement === undefined ? {} : { statement: definition.statement[version] }),
    expected: definition.expected,
    boundMs: BOUND_MS,
    limit,
    async run() {
      const clientId = freshClientId();
      const payloads: Buffer[] = [];
      const opened: { readonly who: string; readonly session: RawSession }[] = [];
      const logins: Promise<RawSession>[] = [];
      const take = async (who: string, login: Promise<RawSession>) => {
        logins.push(login);
        const session = await login;
        opened.push({ who, session });
        return session;
      };
      const lasting = { version, clientId, clean: false, sessionExpiry: EXPIRY_S };
      const fixture: SessionFixture = {
        topic: roles.topic,
        brokerKind: testLab.brokerKind,
        connect: (options = {}) => take(owner.name, testLab.raw(owner, { ...lasting, ...options })),
        other: (role) => take(`another ${role}`, testLab.raw(roles[role], { version })),
        message(name) {
          const payload = Buffer.from(`${name} ${nonce()}`);
          payloads.push(payload);
          return payload;
        },
      };
      const finding = await withCleanUp(
        testLab,
        () => definition.run(fixture),
        async () => {
          // a login that is under way when the run is interrupted would make the session anew
          await Promise.allSettled(logins);
          for (const { session } of opened) session.destroy();
          await removeSession(testLab, { user: owner, version }, clientId);
        },
      );
      return { ...finding, evidence: allEvidence(opened, payloads) };
    },
  };
}

/** Whether the broker said that it had kept the session. */
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

/** By client, over all of its connections: packet ids are the session's. */
function allEvidence(opened: readonly { who: string; session: RawSession }[], payloads: readonly Buffer[]): object[] {
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
