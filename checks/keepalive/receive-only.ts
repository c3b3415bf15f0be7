import { ignoreFailure } from '../../base/errors.ts';
import { now, type Packet } from '../../probes/mqtt/packet.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { expiryWindow } from '../fixtures/keepalive-expiry.ts';
import { AROUND_EXPIRY_MS, silentClient, silentOptions } from '../fixtures/silent-client.ts';
import { type Check, type Finding, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { nonce } from '../harness/messages.ts';
import { mqttVersion, overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { NO_TOPIC_ROLES, type TopicRoles, topicRoles } from '../harness/roles.ts';
import { watchStalls } from '../harness/stall.ts';
import type { TestLab } from '../harness/test-lab.ts';

/** The interval of messages to the subscriber. */
const EVERY_MS = 1_000;
/** How long before the end of the connection the last message may arrive; two intervals allow for a busy machine. */
const LAST_MS = 2 * EVERY_MS;

/** Only a client's own packets keep its session: a subscriber that receives all the time and never pings loses it. */
export function receiveOnly(testLab: TestLab, keepAlive: number): Check[] {
  const roles = topicRoles(testLab.lab);
  const { fromMs, toMs } = expiryWindow(keepAlive, testLab.live.broker.version);
  return VERSIONS.map((version): Check => {
    const subscriber = `a subscriber with a keep alive of ${keepAlive} s that receives all the time and never pings`;
    const named = {
      id: `keepalive.receive-only.${keepAlive}s.${tagOf(version)}`,
      subject: { kind: 'receive-only', keepAlive, version: mqttVersion(version) },
      claim: `${subscriber} loses its connection, ${overOf(version)}`,
    } as const;
    if (roles === undefined) return notApplicable(named, NO_TOPIC_ROLES);
    return {
      ...named,
      statement: version === 4 ? 'MQTT-3.1.2-24' : 'MQTT-3.1.2-22',
      expected: { keepAlive, fromMs, toMs, closedBy: 'broker', everyMs: EVERY_MS },
      version,
      boundMs: toMs + AROUND_EXPIRY_MS,
      run: () => receive(testLab, roles, version, keepAlive),
    };
  });
}

async function receive(
  testLab: TestLab,
  { topic, publisher, subscriber }: TopicRoles,
  version: Version,
  keepAlive: number,
): Promise<Finding> {
  await using sending = await testLab.login(publisher, { version });
  await using client = await testLab.raw(subscriber, { version, ...silentOptions(keepAlive) });
  // at QoS 0 the subscriber acknowledges nothing
  await client.subscribe(topic, 0);
  const text = `tick ${nonce()}`;
  const sent: { readonly payload: Buffer; readonly at: number }[] = [];
  const send = () => {
    const payload = Buffer.from(`${text} ${sent.length}`);
    sent.push({ payload, at: now() });
    void ignoreFailure(sending.publish(topic, payload, { qos: 0 }));
  };
  send();
  const stalls = watchStalls();
  const timer = setInterval(send, EVERY_MS);
  try {
    const { observed, ...finding } = await silentClient(testLab, client, keepAlive);
    // do not wait for a connection that stays open
    const end = finding.verdict === 'pass' ? await client.ended : undefined;
    const ticks = client.packets.filter(({ type, payload }) => type === 'PUBLISH' && payload?.includes(text) === true);
    const last = ticks.at(-1);
    const lastBeforeEndMs = last === undefined || end === undefined ? undefined : Math.round(end.at - last.at);
    const own = sent.map(({ payload }) => payload);
    const found = {
      ...finding,
      observed: { ...(typeof observed === 'object' ? observed : {}), received: ticks.length, lastBeforeEndMs },
      evidence: evidence('subscriber', ownPackets(client.packets, own)),
    };
    if (found.verdict !== 'pass') return found;
    const reason = notAllTheTime(lastBeforeEndMs, stalls.stop() + slowest(ticks, sent));
    return reason === undefined ? found : { ...found, verdict: 'fail', reason, isLate: true };
  } finally {
    clearInterval(timer);
  }
}

/** How long the slowest message was on its way, in milliseconds. */
function slowest(ticks: readonly Packet[], sent: readonly { readonly payload: Buffer; readonly at: number }[]): number {
  const ways = ticks.map(({ at, payload }) => {
    const message = sent.find((one) => payload?.equals(one.payload) === true);
    return Math.round(at - (message?.at ?? at));
  });
  return Math.max(0, ...ways);
}

/** Why the subscriber did not receive until its end; undefined where it did. A message may be late by `stallMs`. */
export function notAllTheTime(lastBeforeEndMs: number | undefined, stallMs: number): string | undefined {
  if (lastBeforeEndMs === undefined) return 'the subscriber received nothing';
  if (lastBeforeEndMs <= LAST_MS + stallMs) return undefined;
  return `the subscriber received nothing in the last ${(lastBeforeEndMs / 1000).toFixed(1)} s before its end`;
}
