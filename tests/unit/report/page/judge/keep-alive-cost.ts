import test from 'ava';
import type { Traffic } from '../../../../../records/measured/traffic.ts';
import {
  amountText,
  busySentence,
  costSentence,
  dailyOf,
  pingSentence,
  stepsText,
} from '../../../../../report/page/judge/keep-alive-cost.ts';

const PER_PING = { mqttBytes: 4, ipBytes: 160, segments: 3 };

function pingsEach(seconds: number, pings: number): number[] {
  return Array.from({ length: pings }, (_, index) => 1_000 * seconds * (index + 1) + 200);
}

function idle(keepAlive: number, pings: number, perPing: Traffic['perPing'] = PER_PING): Traffic {
  const samples = [{ atMs: 10, mqttBytes: 84 + 4 * pings, ipBytes: 600 + 160 * pings, segments: 9 + 3 * pings }];
  return {
    ...{ keepAlive, client: 'mosquitto_pub 2.0.11', activity: 'idle', durationMs: 75_500 },
    ...{ pings, pingsAtMs: pingsEach(keepAlive, pings), packets: 4 + 2 * pings, messages: 1 },
    ...{ samples, source: 'the kernel of pi' },
    ...(perPing === undefined ? {} : { perPing }),
  };
}

test('a day of pings', (t) => {
  t.deepEqual(dailyOf(idle(5, 15)), { pings: 17_280, mqttBytes: 69_120, ipBytes: 2_764_800 });
  t.deepEqual(dailyOf(idle(25, 3, { mqttBytes: 4 })), { pings: 3_456, mqttBytes: 13_824, ipBytes: undefined });
  t.is(dailyOf({ keepAlive: 5, pingsAtMs: [], durationMs: 75_500 }), undefined);
  t.is(dailyOf({ ...idle(5, 3), pingsAtMs: pingsEach(25, 3) })?.pings, 3_456);
  t.deepEqual([2_764_800, 552_960, 950].map(amountText), ['2.76 MB', '553 kB', '950 B']);
});

/** [what is seen; of the connection with 5 s and that with 25 s; what is said of them] */
const costs: readonly (readonly [string, Traffic, Traffic, 'so' | 'not so' | 'open', RegExp])[] = [
  [
    'what was to be expected',
    idle(5, 15),
    idle(25, 3),
    'so',
    /15 PINGREQ, one each 5\.00 s; in 75\.5 s the one with 25 s sent 3 PINGREQ, one each 25\.00 s: 5\.0 times as often, which is the ratio of the keep alives, 5\. .* 2\.76 MB against 553 kB of IP: 5\.0 times as much\.$/,
  ],
  [
    'both ping each 25 s',
    { ...idle(5, 3), pingsAtMs: pingsEach(25, 3) },
    idle(25, 3),
    'not so',
    /3 PINGREQ, one each 25\.00 s; .*: 1\.0 times as often, and not the ratio of the keep alives, 5\. .* 553 kB against 553 kB of IP: 1\.0 times as much\.$/,
  ],
  ['one falls silent', idle(5, 3), idle(25, 3), 'not so', /3 PINGREQ, one each 23\.43 s/],
  [
    '5.6 times',
    idle(5, 15),
    { ...idle(25, 3), pingsAtMs: pingsEach(28, 3) },
    'not so',
    /: 5\.6 times as often, and not/,
  ],
  ['5.4 times', idle(5, 15), { ...idle(25, 3), pingsAtMs: pingsEach(27, 3) }, 'so', /: 5\.4 times as often, which is/],
  [
    'a single ping of one',
    { ...idle(5, 5), durationMs: 25_500 },
    idle(25, 1),
    'open',
    /sent 1 PINGREQ\. From ping to ping is not known of 1 ping with 25 s: it is computed by the keep alive\. In an idle day/,
  ],
  [
    'a single ping of one, and the other too slow',
    { ...idle(5, 3), pingsAtMs: pingsEach(10, 3), durationMs: 31_000 },
    idle(25, 1),
    'not so',
    /computed by the keep alive\. So the ratio is 2\.5, and not the ratio of the keep alives, 5\./,
  ],
  [
    'pings that cost five times as much',
    idle(5, 15),
    idle(25, 3, { ...PER_PING, ipBytes: 800 }),
    'not so',
    /1\.0 times as much, and not only for the ratio .* 5: a ping took 160 and 800 bytes\.$/,
  ],
  [
    'an acknowledgement apart',
    idle(5, 15),
    idle(25, 3, { mqttBytes: 4, ipBytes: 194.67, segments: 3.67 }),
    'so',
    /4\.1 times as much; a ping took 160 and 194\.7 bytes\.$/,
  ],
  ['MQTT alone', idle(5, 15, { mqttBytes: 4 }), idle(25, 3, { mqttBytes: 4 }), 'so', /69 kB against 14 kB of MQTT/],
  [
    'no ping',
    idle(5, 15),
    { ...idle(25, 0), perPing: undefined },
    'open',
    /0 pings with 25 s: .* by the keep alive\.$/,
  ],
];

for (const [what, fast, slow, says, text] of costs) {
  test(`5 s against 25 s, ${what}: ${says}`, (t) => {
    const sentence = costSentence(fast, slow);
    t.is(sentence.says, says);
    t.regex(sentence.text, text);
  });
}

test('what a ping costs is told as it was measured', (t) => {
  t.like(pingSentence(idle(5, 15)), { says: 'so' });
  t.regex(pingSentence(idle(5, 15)).text, /160 bytes of IP in 3 segments.* 97\.5 % of it is headers/);
  t.like(pingSentence(idle(5, 15, { ...PER_PING, segments: 4 })), { says: 'not so' });
  t.like(pingSentence(idle(5, 15, { mqttBytes: 4 })), { says: 'open' });
  t.regex(pingSentence(idle(5, 15, { ...PER_PING, mqttBytes: 6 })).text, /6 bytes of MQTT \(PINGREQ and PINGRESP\)/);
});

const activities = ['publishes QoS 0', 'publishes QoS 1', 'receives QoS 0', 'receives QoS 1'] as const;
const busy = (client: string, pings: readonly number[]) =>
  activities.map((activity, index) => ({ client, activity, pings: pings[index] ?? 0 }));

/** [client; its pings by activity; what is said] */
const clients: readonly (readonly [string, readonly number[], 'so' | 'not so' | 'open', RegExp])[] = [
  [
    'mqtt.js 5.16.0',
    [3, 0, 3, 3],
    'so',
    /sent none while it publishes QoS 1\. It counts .* acknowledgement that it received/,
  ],
  ['mosquitto clients 2.0.11', [3, 0, 3, 0], 'so', /none while it publishes QoS 1 and receives QoS 1\. libmosquitto/],
  ['paho-mqtt 1.6.1', [3, 3, 3, 3], 'so', /receives QoS 1 \(3\)\. Like libmosquitto/],
  ['paho-mqtt 3.0.0', [3, 0, 3, 0], 'not so', /It was known to ping in every case\.$/],
  ['mqtt.js 6.0.0', [0, 0, 0, 0], 'not so', /It was known to send none only while it publishes QoS 1\.$/],
  ['another', [1, 1, 1, 1], 'open', /^another sent PINGREQ/],
];

for (const [client, pings, says, text] of clients) {
  test(`${client} with ${pings.join(', ')} pings: ${says}`, (t) => {
    const sentence = busySentence(busy(client, pings));
    t.is(sentence.says, says);
    t.regex(sentence.text, text);
  });
}

test('the steps in words', (t) => {
  t.is(
    stepsText([idle(5, 15), idle(25, 1)]),
    'Cumulative bytes over time: with a keep alive of 5 s 3,000 bytes after 75.5 s, in 15 steps, one a ping and with a keep alive of 25 s 760 bytes after 75.5 s, in 1 step, one a ping.',
  );
});
