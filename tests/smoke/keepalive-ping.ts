import { startSubscriber } from '../../probes/mosquitto-client.ts';
import type { Packet } from '../../probes/packet.ts';
import type { Version } from '../../probes/session.ts';
import type { User } from '../../provisioning/lab-file/lab.ts';
import type { LivePi } from '../../provisioning/live-lab.ts';
import { onEachPi, openTopic } from './support/cast.ts';
import { type Check, type Finding, notApplicable } from './support/check.ts';
import { evidence, ownPackets } from './support/evidence.ts';
import { judgePings, MOSQUITTO_CLIENT, MQTT_JS, type PingingClient } from './support/ping-period.ts';
import { watchStalls } from './support/stall.ts';
import { nonce, type World } from './support/world.ts';

const ANSWER_MS = 3_000;
const AROUND_MS = 20_000;

/** An idle client asks for a sign of life in time, and gets it. */
export function keepAlivePings(world: World, keepAlive: number): Check[] {
  // a subscriber who waits is the one that is idle
  const user = openTopic(world.lab)?.subscriber ?? world.lab.users[0];
  const claim = `an idle client with a keep alive of ${keepAlive} s pings in time and is answered`;
  const tag = (version: Version) => ({
    id: `keepalive.ping.${keepAlive}s.${version === 4 ? 'v311' : 'v5'}` as const,
    claim: `${claim} (${version === 4 ? 'MQTT 3.1.1' : 'MQTT 5'})`,
  });
  if (user === undefined) return [notApplicable(tag(4), 'lab.yaml names no user')];
  return ([4, 5] as const).flatMap((version): Check[] => {
    const { id, claim } = tag(version);
    const here: Check = {
      ...common(keepAlive, version, MQTT_JS),
      id: `${id}.this-machine`,
      claim: `${claim}, mqtt.js on this machine`,
      run: () => pingsHere(world, user, version, keepAlive),
    };
    const there = onEachPi(world, { id, claim: `${claim}, mosquitto_sub` }, (pi, check) => ({
      ...check,
      ...common(keepAlive, version, MOSQUITTO_CLIENT),
      run: () => pingsOnPi(world, pi, user, version, keepAlive),
    }));
    // the one that says that there is no Pi is about this version too
    return [here, ...there.map((check) => ({ ...check, version }))];
  });
}

function common(keepAlive: number, version: Version, { lateMs }: PingingClient) {
  return {
    statement: 'MQTT-3.1.2-23',
    expected: { keepAlive, mostMs: keepAlive * 1000 + lateMs, answered: true },
    version,
    boundMs: keepAlive * 1000 + AROUND_MS,
  };
}

async function pingsHere(world: World, user: User, version: Version, keepAlive: number): Promise<Finding> {
  const stalls = watchStalls();
  const session = await world.login(user, { version, keepAlive });
  try {
    await firstPong(MQTT_JS, keepAlive, (matches, what, boundMs) => session.packet(matches, what, boundMs));
    return told(session.packets, 'mqtt.js', keepAlive, MQTT_JS, stalls.stop());
  } finally {
    await session.close();
  }
}

async function pingsOnPi(world: World, pi: LivePi, user: User, version: Version, keepAlive: number): Promise<Finding> {
  const host = await world.host(pi.name, pi.host);
  const login = { user: user.name, password: user.password.reveal() };
  // a topic of its own: idle is who receives nothing
  const topic = `mqtt-lab/idle/${nonce()}`;
  const limits = { boundMs: keepAlive * 1000 + AROUND_MS, signal: world.stopped };
  await using client = startSubscriber(host, { ...pi.broker, login, version, keepAlive, topic }, limits);
  await client.packets.first(({ type }) => type === 'CONNACK', 'CONNACK', AROUND_MS / 2);
  await firstPong(MOSQUITTO_CLIENT, keepAlive, client.packets.first);
  return told(client.packets.items, `mosquitto_sub on ${host.name}`, keepAlive, MOSQUITTO_CLIENT);
}

type First = (matches: (packet: Packet) => boolean, what: string, boundMs: number) => Promise<Packet>;

/** Waits for one ping and its answer; what does not come is judged by the packets that did. */
async function firstPong({ lateMs }: PingingClient, keepAlive: number, first: First): Promise<void> {
  const boundMs = keepAlive * 1000 + lateMs + ANSWER_MS;
  await first(({ type }) => type === 'PINGRESP', 'PINGRESP', boundMs).catch(() => undefined);
}

function told(packets: readonly Packet[], who: string, keepAlive: number, client: PingingClient, stallMs = 0): Finding {
  return { ...judgePings(packets, keepAlive, client, stallMs), evidence: evidence(who, ownPackets(packets, [])) };
}
