import type { LivePi } from '../../deployment/live-lab.ts';
import type { Lab, User } from '../../lab-file/lab.ts';
import { startSubscriber } from '../../probes/clients/mosquitto-client.ts';
import { now, type Packet } from '../../probes/mqtt/packet.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { run } from '../../provisioning/hosts/host.ts';
import { otherKeepAlive } from '../fixtures/silent-client.ts';
import { since } from '../fixtures/will-observer.ts';
import { type Check, type Finding, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { nonce } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { observerOf, onEachPi } from '../harness/roles.ts';
import { watchStalls } from '../harness/stall.ts';
import { loginOf, type TestLab } from '../harness/test-lab.ts';
import { judgePings, MOSQUITTO_CLIENT, MQTT_JS, type PingingClient, pingWindow } from './ping-period.ts';

const ANSWER_MS = 5_000;
const AROUND_MS = 40_000;

/** How many pings are waited for, and the word for it in the check's id. */
export type Pings = {
  readonly name: 'ping' | 'period';
  readonly count: number;
};

type Idling = { readonly testLab: TestLab; readonly user: User; readonly version: Version; readonly keepAlive: number };

/** An idle client asks for a sign of life in time, neither later nor all the time, and gets it. */
export function keepAlivePings(testLab: TestLab, keepAlive: number, pings: Pings): Check[] {
  const idle = idleSubscriber(testLab.lab);
  const user = idle?.user ?? testLab.lab.users[0];
  return VERSIONS.flatMap((version): Check[] => {
    const does =
      pings.count === 1 ? 'pings in time and is answered' : `pings ${pings.count} times, in time, and is answered`;
    const id = `keepalive.${pings.name}.${keepAlive}s.${tagOf(version)}` as const;
    const claim = `an idle client with a keep alive of ${keepAlive} s ${does}, ${overOf(version)}`;
    if (user === undefined) return [notApplicable({ id, claim }, 'lab.yaml names no user')];
    const idling: Idling = { testLab, user, version, keepAlive };
    const here: Check = {
      ...common(idling, MQTT_JS, pings),
      id: `${id}.this-machine`,
      claim: `${claim}, mqtt.js on this machine`,
      run: () => pingsHere(idling, pings),
    };
    const there = onEachPi(testLab, { id, claim: `${claim}, mosquitto_sub` }, (pi, check) => {
      // it ends where its only subscription is refused; ours grants every one, and nobody publishes to a topic of its own
      const topic = testLab.brokerKind === 'lab' ? `mqtt-lab/idle/${nonce()}` : idle?.topic;
      if (topic === undefined) return notApplicable(check, 'lab.yaml has no topic that somebody may subscribe');
      return {
        ...check,
        ...common(idling, MOSQUITTO_CLIENT, pings),
        run: () => pingsOnPi(idling, pi, topic, pings),
      };
    });
    // the one that says that there is no Pi is about this version too
    return [here, ...there.map((check) => ({ ...check, version }))];
  });
}

/** Who waits for messages is idle. What arrives at QoS 0 postpones no ping, since the client sends nothing upon it. */
function idleSubscriber(lab: Lab): { readonly topic: string; readonly user: User } | undefined {
  return lab.topics.flatMap(({ name: topic }) => {
    const user = observerOf(lab, topic);
    return user === undefined ? [] : [{ topic, user }];
  })[0];
}

function common({ version, keepAlive }: Idling, client: PingingClient, { count }: Pings) {
  return {
    statement: version === 4 ? 'MQTT-3.1.2-23' : 'MQTT-3.1.2-20',
    expected: { keepAlive, ...(count === 1 ? {} : { pings: count }), ...pingWindow(keepAlive, client), answered: true },
    version,
    boundMs: count * keepAlive * 1000 + AROUND_MS,
  };
}

async function pingsHere(idling: Idling, { count }: Pings): Promise<Finding> {
  const { testLab, user, version, keepAlive } = idling;
  const other = await setByBroker(idling);
  if (other !== undefined) return other;
  const stalls = watchStalls();
  const startedAt = now();
  await using session = await testLab.login(user, { version, keepAlive });
  // mqtt.js counts from the CONNACK, which a busy broker takes its time for
  const loggedInMs = since(startedAt);
  const { packets } = session;
  await pongs(count, keepAlive, MQTT_JS, packets, (...wanted) => session.packet(...wanted));
  const judged = judgePings({ packets, startedAt, uncertainMs: loggedInMs + stalls.stop() }, keepAlive, MQTT_JS, count);
  return { ...judged, evidence: evidence('mqtt.js', ownPackets(packets, [])) };
}

async function pingsOnPi(idling: Idling, pi: LivePi, topic: string, { name, count }: Pings): Promise<Finding> {
  const { testLab, user, version, keepAlive } = idling;
  const other = await setByBroker(idling);
  if (other !== undefined) return other;
  // apart, since one SSH connection takes ten commands at a time
  const host = await testLab.host(pi.name, pi.host, name);
  const stalls = watchStalls();
  const startedAt = now();
  const limits = { boundMs: count * keepAlive * 1000 + AROUND_MS, signal: testLab.stopped };
  const options = { ...pi.broker, login: loginOf(user), version, keepAlive, topic };
  await using client = startSubscriber(host, options, limits);
  await client.packets.first(({ type }) => type === 'CONNACK', 'CONNACK', AROUND_MS / 2);
  const packets = client.packets.items;
  await pongs(count, keepAlive, MOSQUITTO_CLIENT, packets, client.packets.first);
  // what it sends is told over SSH, which on a busy machine takes its time
  const askedAt = now();
  await run(host, { step: 'see how long an answer takes', script: ':', timeoutMs: AROUND_MS / 2 });
  const uncertainMs = since(askedAt) + stalls.stop();
  const judged = judgePings({ packets, startedAt, uncertainMs }, keepAlive, MOSQUITTO_CLIENT, count);
  return { ...judged, evidence: evidence(`mosquitto_sub on ${host.name}`, ownPackets(packets, [])) };
}

/** MQTT 5: another broker may set a keep alive of its own, which the client follows. */
async function setByBroker({ testLab, user, version, keepAlive }: Idling): Promise<Finding | undefined> {
  if (testLab.brokerKind === 'lab' || version === 4) return undefined;
  await using asking = await testLab.raw(user, { version, keepAlive });
  return otherKeepAlive(asking, keepAlive);
}

type First = (matches: (packet: Packet) => boolean, what: string, boundMs: number) => Promise<Packet>;

/** Waits for so many pings and their answers; what does not come is judged by the packets that did. */
async function pongs(
  count: number,
  keepAlive: number,
  client: PingingClient,
  packets: readonly Packet[],
  first: First,
): Promise<void> {
  const boundMs = count * pingWindow(keepAlive, client).mostMs + ANSWER_MS;
  const answered = () => packets.filter(({ type }) => type === 'PINGRESP').length;
  await first(() => answered() >= count, `${count} PINGRESP`, boundMs).catch(() => undefined);
}
