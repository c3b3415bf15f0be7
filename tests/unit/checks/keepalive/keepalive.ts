import test from 'ava';
import { judgeSilence, lastSent, otherKeepAlive } from '../../../../checks/fixtures/silent-client.ts';
import { measureDeliveryDelay } from '../../../../checks/harness/delivery-delay.ts';
import { judgePings, MQTT_JS } from '../../../../checks/keepalive/ping-period.ts';
import { notAllTheTime } from '../../../../checks/keepalive/receive-only.ts';
import { now, type Packet, type PacketType } from '../../../../probes/mqtt/packet.ts';

type Verdict = 'pass' | 'fail';

const packet = (type: PacketType, direction: Packet['direction'], at: number): Packet => ({ type, direction, at });
const CONNECT = packet('CONNECT', 'sent', 0);
const pingAt = (at: number) => packet('PINGREQ', 'sent', at);
const pongAt = (at: number) => packet('PINGRESP', 'received', at);

/** [what; packets of an idle client with a keep alive of 5 s; reason of the failure] */
const rows: readonly (readonly [what: string, packets: readonly Packet[], reason: RegExp | undefined])[] = [
  ['a ping in time', [CONNECT, pingAt(5_045), pongAt(5_046)], undefined],
  ['a ping too late', [CONNECT, pingAt(7_100), pongAt(7_101)], /7\.1 s between two packets/],
  ['a ping too early', [CONNECT, pingAt(100), pongAt(101)], /a PINGREQ after 0\.1 s/],
  ['no ping', [CONNECT], /no PINGREQ/],
  ['no answer', [CONNECT, pingAt(5_000)], /not answered/],
];

for (const [what, packets, reason] of rows) {
  test(`an idle client: ${what}`, (t) => {
    const finding = judgePings({ packets, startedAt: 0, uncertainMs: 0 }, 5, MQTT_JS);
    if (reason === undefined) t.is(finding.verdict, 'pass');
    else t.regex(finding.reason ?? '', reason);
  });
}

/** [when its three pings came, in milliseconds; how many of them were answered; reason of the failure] */
const periods: readonly (readonly [pings: readonly number[], answered: number, reason: RegExp | undefined])[] = [
  [[5_000, 10_010, 15_020], 3, undefined],
  [[5_000, 10_010], 2, /2 PINGREQ in time, not 3/],
  [[5_000, 7_000, 12_000], 3, /a PINGREQ after 2\.1 s/],
  [[2_000, 7_000, 12_000], 3, /a PINGREQ after 2 s/],
  [[5_000, 12_200, 17_000], 3, /7\.2 s between two packets/],
  [[5_000, 10_000, 15_000], 2, /not answered/],
];

for (const [pings, answered, reason] of periods) {
  test(`an idle client that pings at ${pings.join(', ')} ms, ${answered} of them answered`, (t) => {
    const pairs = pings.flatMap((at, index) => [pingAt(at), ...(index < answered ? [pongAt(at + 1)] : [])]);
    const finding = judgePings({ packets: [CONNECT, ...pairs], startedAt: 0, uncertainMs: 100 }, 5, MQTT_JS, 3);
    if (reason === undefined) t.is(finding.verdict, 'pass');
    else t.regex(finding.reason ?? '', reason);
  });
}

/** [from the last packet of a client with a keep alive of 5 s to its end; to its will; verdict for 2.0.11; for 2.0.21] */
const silences: readonly (readonly [
  closed: number | undefined,
  will: number | undefined,
  old: Verdict,
  later: Verdict,
])[] = [
  [9_700, 9_700, 'pass', 'fail'],
  [8_000, 8_000, 'pass', 'pass'],
  [5_900, 8_000, 'fail', 'fail'],
  [8_000, 5_900, 'fail', 'fail'],
  [14_600, 8_000, 'fail', 'fail'],
  [undefined, 8_000, 'fail', 'fail'],
  [8_000, undefined, 'fail', 'fail'],
];

for (const [closedAfterMs, willAfterMs, old, later] of silences) {
  test(`a silent client is closed after ${closedAfterMs} ms, its will comes after ${willAfterMs} ms`, (t) => {
    const silence = { keepAlive: 5, closedAfterMs, willAfterMs };
    t.is(judgeSilence(silence, '2.0.11').finding.verdict, old);
    t.is(judgeSilence(silence, '2.0.21').finding.verdict, later);
  });
}

test('lateness is against 1.5 times the keep alive, also where there is no will', (t) => {
  t.is(judgeSilence({ keepAlive: 5, closedAfterMs: 9_000 }, undefined).observed.lateMs, 1_500);
  t.is(judgeSilence({ keepAlive: 5, closedAfterMs: 9_000, willAfterMs: 8_500 }, undefined).observed.lateMs, 1_000);
});

test('a client whose process was kept from running pings as much later', (t) => {
  const packets = [CONNECT, pingAt(7_100), pongAt(7_101)];
  t.is(judgePings({ packets, startedAt: 0, uncertainMs: 150 }, 5, MQTT_JS).verdict, 'pass');
  t.is(judgePings({ packets, startedAt: 0, uncertainMs: 50 }, 5, MQTT_JS).verdict, 'fail');
});

test("a keep alive of the broker's own leaves nothing to see of the one that was asked for", (t) => {
  const connack = (properties: readonly string[]) => ({
    packets: [{ ...packet('CONNACK', 'received', 0), properties }],
  });
  t.is(otherKeepAlive(connack(['receiveMaximum 20']), 5), undefined);
  t.is(otherKeepAlive(connack(['serverKeepAlive 5']), 5), undefined);
  t.like(otherKeepAlive(connack(['serverKeepAlive 60']), 5), { verdict: 'skipped' });
});

test('a receive-only client receives until its end', (t) => {
  t.is(notAllTheTime(900, 0), undefined);
  t.truthy(notAllTheTime(2_100, 50));
  t.is(notAllTheTime(2_100, 150), undefined);
  t.truthy(notAllTheTime(undefined, 0));
});

test('what the broker got late and this process saw late is not held against the broker', (t) => {
  const late = { keepAlive: 5, closedAfterMs: 9_700 };
  t.is(judgeSilence(late, '2.0.21').finding.verdict, 'fail');
  t.is(judgeSilence({ ...late, uncertainMs: 300 }, '2.0.21').finding.verdict, 'pass');
  t.is(judgeSilence({ keepAlive: 5, closedAfterMs: 5_900, uncertainMs: 300 }, '2.0.21').finding.verdict, 'fail');
});

test('a last will that reaches its observer at once behind the closing was published with it', (t) => {
  const verdictOf = (closedAfterMs: number | undefined, willAfterMs: number) =>
    judgeSilence({ keepAlive: 5, closedAfterMs, willAfterMs }, '2.0.21').finding.verdict;
  t.is(verdictOf(9_000, 11_900), 'pass');
  t.is(verdictOf(9_000, 12_600), 'fail');
  t.is(verdictOf(9_600, 9_700), 'fail');
  t.is(verdictOf(undefined, 9_400), 'fail');
  // published before the window opens, and passed on late
  t.is(verdictOf(5_000, 6_500), 'fail');
});

test('a last will that came late behind the closing is told by when it came', (t) => {
  const { finding, observed } = judgeSilence({ keepAlive: 5, closedAfterMs: 9_000, willAfterMs: 12_600 }, '2.0.21');
  t.like(finding, { reason: "the last will came 12.6 s after the client's last packet, after 9.5 s" });
  t.is(observed.lateMs, 5_100);
});

test('the slowest message is the slowest of those that were under way', async (t) => {
  const { timed, slowestSince } = measureDeliveryDelay();
  const before = now();
  await t.throwsAsync(timed(() => Promise.reject(new Error('lost'))));
  t.is(slowestSince(before), 0);
  t.is(await timed(() => new Promise((resolve) => setTimeout(resolve, 50, 'there'))), 'there');
  t.true(slowestSince(before) >= 49);
  t.true(slowestSince(now() - 20) <= 21);
  t.is(slowestSince(now() + 1), 0);
});

test('the last packet is the last that was sent, and its answer the next of that kind', (t) => {
  const message = packet('PUBLISH', 'received', 130);
  const subscribe = packet('SUBSCRIBE', 'sent', 100);
  const packets = [CONNECT, packet('CONNACK', 'received', 50), subscribe, message, packet('SUBACK', 'received', 140)];
  t.deepEqual(lastSent({ packets }), { lastAt: 100, answeredMs: 40 });
  t.deepEqual(lastSent({ packets: [CONNECT] }), { lastAt: 0, answeredMs: 0 });
});
