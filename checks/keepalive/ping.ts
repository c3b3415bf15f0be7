import { ignoreFailure } from '../../base/errors.ts';
import { endpointOn } from '../../deployment/endpoints.ts';
import type { LivePi } from '../../deployment/live-lab.ts';
import type { Lab, User } from '../../lab-file/lab.ts';
import { startSubscriber } from '../../probes/clients/mosquitto-client.ts';
import { now, type Packet } from '../../probes/mqtt/packet.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { run } from '../../provisioning/hosts/host.ts';
import { keepAliveOverruled } from '../fixtures/silent-client.ts';
import { since } from '../fixtures/will-observer.ts';
import { type Check, type Finding, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { nonce } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { NO_USER, observerOf, onEachPi } from '../harness/roles.ts';
import { watchStalls } from '../harness/stall.ts';
import { loginOf, type TestLab } from '../harness/test-lab.ts';
import { judgePings, MOSQUITTO_CLIENT, MQTT_JS, type PingingClient, pingWindow } from './ping-period.ts';

const ANSWER_MS = 5_000;
const AROUND_MS = 40_000;

/** How many pings a check waits for, and its name in the check's id. */
export type Pings = { readonly name: 'ping' | 'period'; readonly count: number };

type IdleClient = Pings & {
  readonly testLab: TestLab;
  readonly user: User;
  readonly version: Version;
  readonly keepAlive: number;
};

/** An idle client pings in time and no more often than needed, and the broker answers. */
export function keepAlivePings(testLab: TestLab, keepAlive: number, pings: Pings): Check[] {
  const subscriber = idleSubscriber(testLab.lab);
  const user = subscriber?.user ?? testLab.lab.users[0];
  const does = pings.count === 1 ? 'pings in time' : `pings ${pings.count} times in time`;
  return VERSIONS.flatMap((version): Check[] => {
    const id = `keepalive.${pings.name}.${keepAlive}s.${tagOf(version)}` as const;
    const claim = `an idle client with a keep alive of ${keepAlive} s ${does} and is answered, ${overOf(version)}`;
    if (user === undefined) return [notApplicable({ id, claim }, NO_USER)];
    const idle: IdleClient = { ...pings, testLab, user, version, keepAlive };
    const here: Check = {
      ...common(idle, MQTT_JS),
      id: `${id}.this-machine`,
      claim: `${claim}, mqtt.js on this machine`,
      run: () => pingsHere(idle),
    };
    const onPis = onEachPi(testLab, { id, claim: `${claim}, mosquitto_sub` }, (pi, named) => {
      // mosquitto_sub ends where the broker refuses its only subscription. The lab's broker grants any, and a topic of
      // its own stays silent.
      const topic = testLab.brokerKind === 'lab' ? `mqtt-lab/idle/${nonce()}` : subscriber?.topic;
      if (topic === undefined) return notApplicable(named, 'lab.yaml has no topic with a subscriber');
      return { ...named, ...common(idle, MOSQUITTO_CLIENT), run: () => pingsOnPi(idle, pi, topic) };
    });
    // the version also applies to the skipped check of a lab without a Pi
    return [here, ...onPis.map((check) => ({ ...check, version }))];
  });
}

/** The idle client subscribes. A message at QoS 0 postpones no ping, since the client does not answer it. */
function idleSubscriber(lab: Lab): { readonly topic: string; readonly user: User } | undefined {
  return lab.topics.flatMap(({ name: topic }) => {
    const user = observerOf(lab, topic);
    return user === undefined ? [] : [{ topic, user }];
  })[0];
}

function common({ version, keepAlive, count }: IdleClient, client: PingingClient) {
  return {
    statement: version === 4 ? 'MQTT-3.1.2-23' : 'MQTT-3.1.2-20',
    expected: { keepAlive, ...(count === 1 ? {} : { pings: count }), ...pingWindow(keepAlive, client), answered: true },
    version,
    boundMs: count * keepAlive * 1000 + AROUND_MS,
  };
}

async function pingsHere(idle: IdleClient): Promise<Finding> {
  const { testLab, user, version, keepAlive, count } = idle;
  const overruled = await overruledByBroker(idle);
  if (overruled !== undefined) return overruled;
  const stalls = watchStalls();
  const startedAt = now();
  await using session = await testLab.login(user, { version, keepAlive });
  // mqtt.js counts from the CONNACK, which a busy broker sends late
  const loggedInMs = since(startedAt);
  const { packets } = session;
  await pongs(idle, MQTT_JS, packets, (...wanted) => session.packet(...wanted));
  const uncertainMs = loggedInMs + stalls.stop();
  const judged = judgePings({ packets, startedAt, uncertainMs }, { keepAlive, client: MQTT_JS, count });
  return { ...judged, evidence: evidence('mqtt.js', ownPackets(packets, [])) };
}

async function pingsOnPi(idle: IdleClient, pi: LivePi, topic: string): Promise<Finding> {
  const { testLab, user, version, keepAlive, name, count } = idle;
  const overruled = await overruledByBroker(idle);
  if (overruled !== undefined) return overruled;
  // a lane each, since one SSH connection takes ten commands at a time
  const host = await testLab.host(pi.name, pi.host, name);
  const stalls = watchStalls();
  const startedAt = now();
  const limits = { boundMs: count * keepAlive * 1000 + AROUND_MS, signal: testLab.stopped };
  const options = { ...endpointOn(pi, user), login: loginOf(user), version, keepAlive, topic };
  await using client = startSubscriber(host, options, limits);
  await client.packets.first(({ type }) => type === 'CONNACK', 'CONNACK', AROUND_MS / 2);
  const packets = client.packets.items;
  await pongs(idle, MOSQUITTO_CLIENT, packets, client.packets.first);
  // a busy machine learns of the client's packets late, over SSH
  const askedAt = now();
  await run(host, { step: 'measure the round trip', script: ':', timeoutMs: AROUND_MS / 2 });
  const uncertainMs = since(askedAt) + stalls.stop();
  const judged = judgePings({ packets, startedAt, uncertainMs }, { keepAlive, client: MOSQUITTO_CLIENT, count });
  return { ...judged, evidence: evidence(`mosquitto_sub on ${host.name}`, ownPackets(packets, [])) };
}

/** An external broker may set a keep alive of its own over MQTT 5, which the client follows. */
async function overruledByBroker({ testLab, user, version, keepAlive }: IdleClient): Promise<Finding | undefined> {
  if (testLab.brokerKind === 'lab' || version === 4) return undefined;
  await using asking = await testLab.raw(user, { version, keepAlive });
  return keepAliveOverruled(asking, keepAlive);
}

type First = (matches: (packet: Packet) => boolean, what: string, boundMs: number) => Promise<Packet>;

/** Waits for the pings and their answers. Where some are missing, the verdict follows from the packets that came. */
async function pongs(
  { count, keepAlive }: IdleClient,
  client: PingingClient,
  packets: readonly Packet[],
  first: First,
): Promise<void> {
  const boundMs = count * pingWindow(keepAlive, client).mostMs + ANSWER_MS;
  const answered = () => packets.filter(({ type }) => type === 'PINGRESP').length;
  await ignoreFailure(first(() => answered() >= count, `${count} PINGRESP`, boundMs));
}
