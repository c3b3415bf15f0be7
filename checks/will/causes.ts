import { atMost } from '../../base/limit.ts';
import type { Topic } from '../../lab-file/lab.ts';
import { within } from '../../probes/mqtt/feed.ts';
import type { RawOptions } from '../../probes/mqtt/raw-options.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import type { SubjectOf } from '../../records/subject.ts';
import { AT_ONCE_MS, judgeAtOnce, loseAtOnce } from '../fixtures/will-at-once.ts';
import { acceptedAt, leftBy, ownerEvidence, socketEnd, willEvents } from '../fixtures/will-evidence.ts';
import { type WillObserver, type WithWillObserver, willObservers } from '../fixtures/will-observer.ts';
import { newWill, openOwner } from '../fixtures/will-owner.ts';
import { clientText, ROLES, type WillRoles, willRolesFor } from '../fixtures/will-roles.ts';
import { judgeForgotten, judgeWills } from '../fixtures/will-verdict.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { type DeviationName, deviationOf } from '../harness/deviations.ts';
import { withPersistentSession } from '../harness/persistent-session.ts';
import { mqttVersion, overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import type { TestLab } from '../harness/test-lab.ts';

const BOUND_MS = 60_000;
/** The end of a connection that the broker has to close. */
const END_BOUND_MS = 15_000;
const limit = atMost(8);

type Setup = { readonly testLab: TestLab; readonly roles: WillRoles; readonly version: Version };

/** A way to end a connection, and what becomes of the last will. */
type Cause = {
  readonly name: SubjectOf<'last will'>['cause'];
  /** Of the claim: `a publisher on status that …`. */
  readonly does: string;
  /** What ends the connection, on the wire. */
  readonly what: string;
  readonly statement: string;
  readonly wills: 0 | 1;
  readonly versions?: readonly Version[];
  /** Where versions of Mosquitto are known to leave no will. */
  readonly deviation?: DeviationName;
  readonly options?: Partial<RawOptions>;
  /** What it sends on a topic that is no MQTT, and so is not among its packets. */
  malformed?(topic: string): Buffer;
  /** Has the connection end; gives back who took it over, to be let go when the wills are counted. */
  end(client: RawSession, setup: Setup): Promise<RawSession | undefined>;
};

const PERSISTENT = { clean: false, sessionExpiry: 60 } as const;

const CAUSES: readonly Cause[] = [
  {
    name: 'clean',
    does: 'sends DISCONNECT leaves no last will',
    what: 'DISCONNECT, then FIN',
    statement: 'MQTT-3.14.4-3',
    wills: 0,
    end: (client) => nobodyElse(client.disconnect()),
  },
  {
    name: 'disconnect-with-will',
    does: 'sends DISCONNECT with reason code 0x04 leaves one last will, at once',
    what: 'DISCONNECT with reason code 0x04, then FIN',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    versions: [5],
    end: (client) => nobodyElse(client.disconnect(0x04)),
  },
  {
    name: 'fin',
    does: 'ends its connection by FIN without DISCONNECT leaves one last will, at once',
    what: 'FIN without DISCONNECT',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    end: (client) => nobodyElse(client.fin()),
  },
  {
    name: 'rst',
    does: 'ends its connection by RST leaves one last will, at once',
    what: 'RST',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    end: (client) => nobodyElse(client.rst()),
  },
  {
    name: 'protocol-error',
    does: 'sends a malformed packet leaves one last will, at once',
    what: 'a PUBLISH with both QoS bits set',
    // both QoS bits set: the broker has to close the connection (MQTT-3.3.1-4)
    malformed: publishOfQoS3,
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    async end(client, { roles }) {
      client.sendBytes(publishOfQoS3(roles.topic));
      return undefined;
    },
  },
  {
    name: 'second-connect',
    does: 'sends a second CONNECT leaves one last will, at once',
    what: 'a second CONNECT on the same connection',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    deviation: 'second CONNECT leaves no will',
    async end(client, { version, testLab }) {
      const { clientId } = client;
      const { keepAlive } = testLab.broker;
      // a protocol violation, upon which the broker has to close the connection (MQTT-3.1.0-2)
      client.send({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: version,
        clean: true,
        clientId,
        keepalive: keepAlive,
      });
      return undefined;
    },
  },
  {
    name: 'takeover-clean',
    does: 'loses its client id to a new clean session leaves one last will, at once',
    what: 'a CONNECT with its client id on another connection, for a clean session',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    end: ({ clientId }, { testLab, roles, version }) => testLab.raw(roles.owner, { version, clientId, clean: true }),
  },
  {
    name: 'takeover-persistent',
    does: 'loses its persistent session to a new connection leaves one last will, at once',
    what: 'a CONNECT with its client id on another connection, for its persistent session',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    deviation: 'takeover of a persistent session leaves no will',
    options: PERSISTENT,
    end: ({ clientId }, { testLab, roles, version }) => testLab.raw(roles.owner, { version, clientId, ...PERSISTENT }),
  },
];

/** By a client of this machine that does only what it is told: every way to end a connection, in both versions. */
export function willCauses(testLab: TestLab, topics: readonly Topic[]): Check[] {
  const withObserver = willObservers(testLab);
  return topics.flatMap((topic) =>
    CAUSES.flatMap((cause) =>
      (cause.versions ?? VERSIONS).flatMap((version) =>
        ROLES.map((role): Check => {
          const named = {
            id: `will.${cause.name}.${role}.${idWord(topic.name)}.${tagOf(version)}`,
            subject: { kind: 'last will', cause: cause.name, role, topic: topic.name, version: mqttVersion(version) },
            claim: `${clientText(testLab.lab, topic, role)} that ${cause.does}, ${overOf(version)}`,
          } as const;
          const found = willRolesFor(testLab.lab, topic, role);
          if (found.kind === 'none') return notApplicable(named, found.reason);
          const setup = { testLab, roles: found.roles, version };
          const { statement, wills } = cause;
          const expected = { wills, ...(wills === 1 ? { withinMs: AT_ONCE_MS } : {}) };
          const run = () => causeCheck(withObserver, setup, cause);
          return { ...named, statement, expected, version, boundMs: BOUND_MS, limit, run };
        }),
      ),
    ),
  );
}

async function causeCheck(withObserver: WithWillObserver, setup: Setup, cause: Cause): Promise<Finding> {
  const { testLab, roles, version } = setup;
  return await withObserver(roles, version, async (observer) => {
    const lose = (options: Partial<RawOptions> = {}) =>
      endOwner(observer, setup, cause, { ...cause.options, ...options });
    if (cause.options?.clean !== false) return await lose();
    return await withPersistentSession(testLab, { user: roles.owner, version }, (clientId) => lose({ clientId }));
  });
}

async function endOwner(
  observer: WillObserver,
  setup: Setup,
  cause: Cause,
  options: Partial<RawOptions>,
): Promise<Finding> {
  const { testLab, roles, version } = setup;
  const broker = testLab.live.broker.version;
  const will = newWill(roles);
  await using client = await openOwner(testLab, roles, version, will, options);
  let successor: RawSession | undefined;
  try {
    const isForgotten = cause.deviation !== undefined && deviationOf(cause.deviation, broker) !== undefined;
    const { orderedAt, end, seen, afterMs, uncertainMs } = await loseAtOnce(
      observer,
      will.text,
      cause.wills === 1 && !isForgotten,
      async () => {
        successor = await cause.end(client, setup);
        return await within(client.ended, 'end of the connection by the broker', END_BOUND_MS);
      },
    );
    const counted =
      cause.deviation === undefined
        ? judgeWills(will, cause.wills, seen)
        : judgeForgotten(will, seen, cause.deviation, broker);
    const isTimed = counted.verdict === 'pass' && afterMs !== undefined;
    const bytes = cause.malformed?.(roles.topic).toString('hex');
    const events = await willEvents(testLab, {
      owner: leftBy(client, will),
      cause: { at: orderedAt, what: cause.what, ...(bytes === undefined ? {} : { bytes }) },
      end: socketEnd(end),
      wills: seen,
      backAt: successor === undefined ? undefined : acceptedAt(successor),
    });
    const packets = [
      ...ownerEvidence(roles.role, client.packets),
      ...(successor === undefined ? [] : ownerEvidence('who took the client id', successor.packets)),
      ...observer.evidence(will.text),
    ];
    return {
      ...(isTimed ? judgeAtOnce(afterMs, uncertainMs) : counted),
      observed: { wills: seen.length, ...(afterMs === undefined ? {} : { afterMs, uncertainMs }) },
      evidence: [...packets, ...events],
    };
  } finally {
    await successor?.[Symbol.asyncDispose]();
  }
}

async function nobodyElse(end: Promise<void>): Promise<undefined> {
  await end;
}

function publishOfQoS3(topic: string): Buffer {
  const name = Buffer.from(topic);
  const rest = Buffer.concat([Buffer.from([0, name.length]), name, Buffer.from([0, 1, 0])]);
  return Buffer.concat([Buffer.from([0x36, rest.length]), rest]);
}
