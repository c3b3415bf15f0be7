import test from 'ava';
import { judgePings, MQTT_JS } from '../../../../checks/keepalive/ping-period.ts';
import type { Packet, PacketType } from '../../../../probes/mqtt/packet.ts';

const packet = (type: PacketType, direction: Packet['direction'], at: number): Packet => ({ type, direction, at });
const CONNECT = packet('CONNECT', 'sent', 0);
const pingAt = (at: number) => packet('PINGREQ', 'sent', at);
const pongAt = (at: number) => packet('PINGRESP', 'received', at);

/** [case; packets of an idle client with a keep alive of 5 s; reason of the failure] */
const rows: readonly (readonly [name: string, packets: readonly Packet[], reason: RegExp | undefined])[] = [
  ['a ping in time', [CONNECT, pingAt(5_045), pongAt(5_046)], undefined],
  ['a ping too late', [CONNECT, pingAt(7_100), pongAt(7_101)], /nothing for 7\.1 s/],
  ['a ping too early', [CONNECT, pingAt(100), pongAt(101)], /a PINGREQ after 0\.1 s/],
  ['no ping', [CONNECT], /no PINGREQ/],
  ['no answer', [CONNECT, pingAt(5_000)], /did not answer/],
];

for (const [name, packets, reason] of rows) {
  test(`judges an idle client: ${name}`, (t) => {
    const finding = judgePings({ packets, startedAt: 0, uncertainMs: 0 }, { keepAlive: 5, client: MQTT_JS });
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
  [[5_000, 12_200, 17_000], 3, /nothing for 7\.2 s/],
  [[5_000, 10_000, 15_000], 2, /did not answer/],
];

for (const [pings, answered, reason] of periods) {
  test(`judges an idle client that pings at ${pings.join(', ')} ms and gets ${answered} answers`, (t) => {
    const pairs = pings.flatMap((at, index) => [pingAt(at), ...(index < answered ? [pongAt(at + 1)] : [])]);
    const finding = judgePings(
      { packets: [CONNECT, ...pairs], startedAt: 0, uncertainMs: 100 },
      { keepAlive: 5, client: MQTT_JS, count: 3 },
    );
    if (reason === undefined) t.is(finding.verdict, 'pass');
    else t.regex(finding.reason ?? '', reason);
  });
}

test('allows a client whose process stalled to ping later', (t) => {
  const packets = [CONNECT, pingAt(7_100), pongAt(7_101)];
  t.is(judgePings({ packets, startedAt: 0, uncertainMs: 150 }, { keepAlive: 5, client: MQTT_JS }).verdict, 'pass');
  t.is(judgePings({ packets, startedAt: 0, uncertainMs: 50 }, { keepAlive: 5, client: MQTT_JS }).verdict, 'fail');
});
