import { now, type Packet } from '../../probes/mqtt/packet.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { expiryWindow } from '../fixtures/keepalive-expiry.ts';
import { AROUND_EXPIRY_MS, silentClient, silentOptions } from '../fixtures/silent-client.ts';
import { type Check, type Finding, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { nonce } from '../harness/messages.ts';
import { mqttVersion, overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { topicRoles } from '../harness/roles.ts';
import { watchStalls } from '../harness/stall.ts';
import type { TestLab } from '../harness/test-lab.ts';

/** How often the subscriber is sent a message, and how long before its end the last one may lie: a second more, on a busy machine. */
const EVERY_MS = 1_000;
const LAST_MS = 2 * EVERY_MS;

/** Only packets from the client count: a subscriber that receives all the time and never pings is dropped. */
export function receiveOnly(testLab: TestLab, keepAlive: number): Check[] {
  const roles = topicRoles(testLab.lab);
  const { fromMs, toMs } = expiryWindow(keepAlive, testLab.live.broker.version);
  return VERSIONS.map((version): Check => {
    const named = {
      id: `keepalive.receive-only.${keepAlive}s.${tagOf(version)}`,
      subject: { kind: 'receive-only', keepAlive, version: mqttVersion(version) },
      claim: `a subscriber with a keep alive of ${keepAlive} s that receives all the time and never pings is dropped, ${overOf(version)}`,
    } as const;
    if (roles === undefined) return notApplicable(named, 'lab.yaml has no topic with a publisher and a subscriber');
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
  { topic, publisher, subscriber }: NonNullable<ReturnType<typeof topicRoles>>,
  version: Version,
  keepAlive: number,
): Promise<Finding> {
  await using sending = await testLab.login(publisher, { version });
  await using client = await testLab.raw(subscriber, { version, ...silentOptions(keepAlive) });
  const text = nonce();
  // at QoS 0 the subscriber has nothing to acknowledge
  await client.subscribe(topic, 0);
  const sentAt: number[] = [];
  const tick = (number: number) => Buffer.from(`tick ${text} ${number}`);
  const send = () => {
    const payload = tick(sentAt.length);
    sentAt.push(now());
    sending.publish(topic, payload, { qos: 0 }).catch(() => undefined);
  };
  send();
  const stalls = watchStalls();
  const timer = setInterval(send, EVERY_MS);
  try {
    const finding = await silentClient(testLab, client, keepAlive);
    // one that is still connected is not waited for
    const end = finding.verdict === 'pass' ? await client.ended : undefined;
    const ticks = client.packets.filter(({ type, payload }) => type === 'PUBLISH' && payload?.includes(text) === true);
    const last = ticks.at(-1);
    const lastBeforeEndMs = last === undefined || end === undefined ? undefined : Math.round(end.at - last.at);
    const observed = {
      ...(typeof finding.observed === 'object' ? finding.observed : {}),
      received: ticks.length,
      lastBeforeEndMs,
    };
    const payloads = sentAt.map((_, number) => tick(number));
    const packets = evidence('subscriber', ownPackets(client.packets, payloads));
    const judged = { ...finding, observed, evidence: packets };
    if (finding.verdict !== 'pass') return judged;
    const reason = notAllTheTime(lastBeforeEndMs, stalls.stop() + slowest(ticks, payloads, sentAt));
    return reason === undefined ? judged : { ...judged, verdict: 'fail', reason };
  } finally {
    clearInterval(timer);
  }
}

/** How long the slowest message that came was under way, in milliseconds. */
function slowest(ticks: readonly Packet[], payloads: readonly Buffer[], sentAt: readonly number[]): number {
  const ways = ticks.map(({ at, payload }) => {
    const number = payloads.findIndex((sent) => payload?.equals(sent) === true);
    return Math.round(at - (sentAt[number] ?? at));
  });
  return Math.max(0, ...ways);
}

/** Why the subscriber did not receive until its end; undefined: it did. `stallMs` is how late this process and the broker may be with a message. */
export function notAllTheTime(lastBeforeEndMs: number | undefined, stallMs: number): string | undefined {
  if (lastBeforeEndMs === undefined) return 'the subscriber received nothing';
  if (lastBeforeEndMs <= LAST_MS + stallMs) return undefined;
  return `the subscriber received nothing in the last ${(lastBeforeEndMs / 1000).toFixed(1)} s before its end`;
}
