import { within } from '../../probes/feed.ts';
import { now } from '../../probes/packet.ts';
import type { RawSession, RawWish } from '../../probes/raw-session.ts';
import type { Version } from '../../probes/session.ts';
import type { Topic } from '../../provisioning/lab-file/lab.ts';
import { type Check, type Finding, notApplicable, word } from './support/check.ts';
import { type DeviationName, deviationOf } from './support/deviations.ts';
import { evidence, ownPackets } from './support/evidence.ts';
import { atMost } from './support/limit.ts';
import { castWill, ROLES, type WillCast } from './support/will-cast.ts';
import { judgeForgotten, judgeWills } from './support/will-judge.ts';
import { forget, newWill, openOwner } from './support/will-owner.ts';
import { openStages, type Stages, since } from './support/will-stage.ts';
import type { World } from './support/world.ts';

const AT_ONCE_MS = 3_000;
const BOUND_MS = 20_000;
/** The end of a connection that the broker has to close. */
const END_BOUND_MS = 5_000;
const turns = atMost(8);
const BOTH: readonly Version[] = [4, 5];

type Scene = { readonly world: World; readonly cast: WillCast; readonly version: Version };

/** A way to end a connection, and what becomes of the last will. */
type Cause = {
  readonly name: string;
  /** Of the claim: `a publisher on status that …`. */
  readonly does: string;
  readonly statement: string;
  readonly wills: 0 | 1;
  readonly versions?: readonly Version[];
  /** Where versions of Mosquitto are known to leave no will. */
  readonly deviation?: DeviationName;
  readonly wish?: Partial<RawWish>;
  /** Ends the connection and sees its end; gives back what is to be done when the wills are counted. */
  end(client: RawSession, scene: Scene): Promise<(() => Promise<void>) | undefined>;
};

const CAUSES: readonly Cause[] = [
  {
    name: 'clean',
    does: 'sends DISCONNECT leaves no last will',
    statement: 'MQTT-3.14.4-3',
    wills: 0,
    end: (client) => nothingLeft(client.disconnect()),
  },
  {
    name: 'disconnect-with-will',
    does: 'sends DISCONNECT with reason code 0x04 leaves one last will, at once',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    versions: [5],
    end: (client) => nothingLeft(client.disconnect(0x04)),
  },
  {
    name: 'fin',
    does: 'ends its connection by FIN without DISCONNECT leaves one last will, at once',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    end: (client) => nothingLeft(client.fin()),
  },
  {
    name: 'rst',
    does: 'ends its connection by RST leaves one last will, at once',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    end: (client) => nothingLeft(client.rst()),
  },
  {
    name: 'protocol-error',
    does: 'sends a malformed packet leaves one last will, at once',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    async end(client, { cast }) {
      // both QoS bits set: the broker has to close the connection (MQTT-3.3.1-4)
      client.sendBytes(publishOfQoS3(cast.topic));
      await closed(client);
      return undefined;
    },
  },
  {
    name: 'second-connect',
    does: 'sends a second CONNECT leaves one last will, at once',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    deviation: 'second CONNECT leaves no will',
    async end(client, { version, world }) {
      const { clientId } = client;
      const { keepAlive } = world.broker;
      client.send({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: version,
        clean: true,
        clientId,
        keepalive: keepAlive,
      });
      // a protocol violation, upon which the broker has to close the connection (MQTT-3.1.0-2)
      await closed(client);
      return undefined;
    },
  },
  {
    name: 'takeover-clean',
    does: 'loses its client id to a new clean session leaves one last will, at once',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    async end(client, { world, cast, version }) {
      const { clientId } = client;
      const successor = await world.raw(cast.owner, { version, clientId, clean: true });
      await closed(client);
      return () => successor.disconnect();
    },
  },
  {
    name: 'takeover-persistent',
    does: 'loses its persistent session to a new connection leaves one last will, at once',
    statement: 'MQTT-3.1.2-8',
    wills: 1,
    deviation: 'takeover of a persistent session leaves no will',
    wish: { clean: false, sessionExpiry: 60 },
    async end(client, { world, cast, version }) {
      const { clientId } = client;
      const successor = await world.raw(cast.owner, { version, clientId, clean: false, sessionExpiry: 60 });
      await closed(client);
      return async () => {
        await successor.disconnect();
        await forget(world, cast, version, clientId);
      };
    },
  },
];

/** By a client of this machine that does only what it is told: every way to end a connection, in both versions. */
export function willCauses(world: World, topics: readonly Topic[]): Check[] {
  const stages = openStages(world);
  return topics.flatMap((topic) =>
    CAUSES.flatMap((cause) =>
      (cause.versions ?? BOTH).flatMap((version) =>
        ROLES.map((role): Check => {
          const named = {
            id: `will.${cause.name}.${role}.${word(topic.name)}.${version === 4 ? 'v311' : 'v5'}`,
            claim: `a ${role} on ${topic.name} that ${cause.does} (${version === 4 ? 'MQTT 3.1.1' : 'MQTT 5'})`,
          } as const;
          const casting = castWill(world.lab, topic, role);
          if (casting.kind === 'nobody') return notApplicable(named, casting.reason);
          const scene = { world, cast: casting.cast, version };
          const { statement, wills } = cause;
          const expected = { wills };
          const run = () => causeCheck(stages, scene, cause);
          return { ...named, statement, expected, version, boundMs: BOUND_MS, turns, run };
        }),
      ),
    ),
  );
}

async function causeCheck(stages: Stages, scene: Scene, cause: Cause): Promise<Finding> {
  const { world, cast, version } = scene;
  const broker = world.live.broker.version;
  return await stages(cast, version, async (stage) => {
    const will = newWill(cast);
    await using client = await openOwner(world, cast, version, will, cause.wish);
    const orderedAt = now();
    const tidy = await cause.end(client, scene);
    try {
      const isForgotten = cause.deviation !== undefined && deviationOf(cause.deviation, broker) !== undefined;
      const first = cause.wills === 1 && !isForgotten ? await stage.first(will.text, AT_ONCE_MS) : undefined;
      const seen = await stage.untilSentinel(will.text);
      const afterMs = first === undefined ? {} : { afterMs: since(orderedAt, first) };
      const judged =
        cause.deviation === undefined
          ? judgeWills(will, cause.wills, seen)
          : judgeForgotten(will, seen, cause.deviation, broker);
      const packets = [...evidence(cast.role, ownPackets(client.packets, [])), ...stage.evidence(will.text)];
      return { ...judged, observed: { wills: seen.length, ...afterMs }, evidence: packets };
    } finally {
      await tidy?.();
    }
  });
}

async function nothingLeft(end: Promise<void>): Promise<undefined> {
  await end;
}

async function closed(client: RawSession): Promise<void> {
  await within(client.ended, 'end of the connection by the broker', END_BOUND_MS);
}

function publishOfQoS3(topic: string): Buffer {
  const name = Buffer.from(topic);
  const rest = Buffer.concat([Buffer.from([0, name.length]), name, Buffer.from([0, 1, 0])]);
  return Buffer.concat([Buffer.from([0x36, rest.length]), rest]);
}
