import { atMost } from '../../base/limit.ts';
import { within } from '../../probes/mqtt/feed.ts';
import type { RawOptions } from '../../probes/mqtt/raw-options.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { AT_ONCE_MS, judgeLoss, type Loss, loseAtOnce } from '../fixtures/will-at-once.ts';
import { acceptedAt, ownerEvidence, ownerOf, socketEnd, willEvents } from '../fixtures/will-evidence.ts';
import { type WillObserver, willObservers } from '../fixtures/will-observer.ts';
import { type MarkedWill, newWill, openOwner } from '../fixtures/will-owner.ts';
import type { WillRoles } from '../fixtures/will-roles.ts';
import { judgeForgotten, judgeWills } from '../fixtures/will-verdict.ts';
import type { Check, Finding } from '../harness/check.ts';
import { type DeviationName, deviationOf } from '../harness/deviations.ts';
import { withPersistentSession } from '../harness/persistent-session.ts';
import { VERSIONS } from '../harness/protocol.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { namedWill, type WillCase, type WillCause, withRoles } from './will-case.ts';

const BOUND_MS = 60_000;
/** For the end of a connection that the broker has to close. */
const END_BOUND_MS = 15_000;
const limit = atMost(8);

type Setup = { readonly testLab: TestLab; readonly roles: WillRoles; readonly version: Version };

/** A way to end a connection, and the number of last wills that are due. */
type Cause = WillCause & {
  /** What ends the connection, on the wire. */
  readonly what: string;
  readonly statement: string;
  readonly wills: 0 | 1;
  readonly versions?: readonly Version[];
  /** How versions of Mosquitto are known to leave no will. */
  readonly deviation?: DeviationName;
  readonly options?: Partial<RawOptions>;
  /** The bytes on a topic that are no MQTT, and so are missing from the client's packets. */
  malformed?(topic: string): Buffer;
  /** Ends the connection. Gives the client that took it over, which stays connected until the wills are counted. */
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
    end: (client) => noSuccessor(client.disconnect()),
  },
  {
    name: 'disconnect-with-will',
    does: 'sends DISCONNECT with reason code 0x04 leaves one last will at once',
    what: 'DISCONNECT with reason code 0x04, then FIN',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    versions: [5],
    end: (client) => noSuccessor(client.disconnect(0x04)),
  },
  {
    name: 'fin',
    does: 'ends its connection by FIN without DISCONNECT leaves one last will at once',
    what: 'FIN without DISCONNECT',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    end: (client) => noSuccessor(client.fin()),
  },
  {
    name: 'rst',
    does: 'ends its connection by RST leaves one last will at once',
    what: 'RST',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    end: (client) => noSuccessor(client.rst()),
  },
  {
    name: 'protocol-error',
    does: 'sends a malformed packet leaves one last will at once',
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
    does: 'sends a second CONNECT leaves one last will at once',
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
    does: 'loses its client id to a new clean session leaves one last will at once',
    what: 'a CONNECT with its client id on another connection, for a clean session',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    end: ({ clientId }, { testLab, roles, version }) => testLab.raw(roles.owner, { version, clientId, clean: true }),
  },
  {
    name: 'takeover-persistent',
    does: 'loses its persistent session to a new connection leaves one last will at once',
    what: 'a CONNECT with its client id on another connection, for its persistent session',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    deviation: 'takeover of a persistent session leaves no will',
    options: PERSISTENT,
    end: ({ clientId }, { testLab, roles, version }) => testLab.raw(roles.owner, { version, clientId, ...PERSISTENT }),
  },
];

/** Every way to end a connection, over both versions, with a scripted client on this machine. */
export function willCauses(testLab: TestLab, cases: readonly WillCase[]): Check[] {
  const withObserver = willObservers(testLab);
  return CAUSES.flatMap((cause) =>
    (cause.versions ?? VERSIONS).flatMap((version) =>
      cases.map((willCase): Check => {
        const named = namedWill(testLab.lab, willCase, cause, version);
        const { statement, wills } = cause;
        return withRoles(testLab.lab, willCase, named, (roles) => ({
          ...named,
          statement,
          expected: { wills, ...(wills === 1 ? { withinMs: AT_ONCE_MS } : {}) },
          version,
          boundMs: BOUND_MS,
          limit,
          run: () =>
            withObserver(roles, version, (observer) => endSession(observer, { testLab, roles, version }, cause)),
        }));
      }),
    ),
  );
}

async function endSession(observer: WillObserver, setup: Setup, cause: Cause): Promise<Finding> {
  const { testLab, roles, version } = setup;
  const { options = {} } = cause;
  if (options.clean !== false) return await endOwner(observer, setup, cause, options);
  return await withPersistentSession(testLab, { user: roles.owner, version }, (clientId) =>
    endOwner(observer, setup, cause, { ...options, clientId }),
  );
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
  await using client = await openOwner(testLab, roles, will, { ...options, version });
  let successor: RawSession | undefined;
  try {
    const isForgotten = cause.deviation !== undefined && deviationOf(cause.deviation, broker) !== undefined;
    const loss = await loseAtOnce(observer, will.text, {
      isDue: cause.wills === 1 && !isForgotten,
      async lose() {
        successor = await cause.end(client, setup);
        return await within(client.ended, 'end of the connection by the broker', END_BOUND_MS);
      },
    });
    const counted =
      cause.deviation === undefined
        ? judgeWills(will, cause.wills, loss.seen)
        : judgeForgotten(will, loss.seen, cause.deviation, broker);
    const events = await eventsOf(setup, cause, loss, { client, will, successor });
    return {
      ...judgeLoss(counted, loss),
      evidence: [
        ...ownerEvidence(roles.role, client.packets),
        ...(successor === undefined ? [] : ownerEvidence('who took the client id', successor.packets)),
        ...observer.evidence(will.text),
        ...events,
      ],
    };
  } finally {
    await successor?.[Symbol.asyncDispose]();
  }
}

type Clients = {
  readonly client: RawSession;
  readonly will: MarkedWill;
  readonly successor: RawSession | undefined;
};

async function eventsOf(
  { testLab, roles }: Setup,
  cause: Cause,
  { orderedAt, end, seen }: Loss,
  { client, will, successor }: Clients,
) {
  const bytes = cause.malformed?.(roles.topic).toString('hex');
  return await willEvents(testLab, {
    owner: ownerOf(client, will),
    cause: { at: orderedAt, what: cause.what, ...(bytes === undefined ? {} : { bytes }) },
    end: socketEnd(end),
    wills: seen,
    backAt: successor === undefined ? undefined : acceptedAt(successor),
  });
}

async function noSuccessor(end: Promise<void>): Promise<undefined> {
  await end;
}

function publishOfQoS3(topic: string): Buffer {
  const name = Buffer.from(topic);
  const rest = Buffer.concat([Buffer.from([0, name.length]), name, Buffer.from([0, 1, 0])]);
  return Buffer.concat([Buffer.from([0x36, rest.length]), rest]);
}
