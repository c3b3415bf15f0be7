import test from 'ava';
import type { Traffic } from '../../../../../report/measured/traffic.ts';
import {
  amountText,
  busySentence,
  costSentence,
  dailyOf,
  pingSentence,
  stepsText,
} from '../../../../../report/page/judge/keep-alive-cost.ts';

const PER_PING = { mqttBytes: 4, ipBytes: 160, segments: 3 };

function idle(keepAlive: number, pings: number, perPing: Traffic['perPing'] = PER_PING): Traffic {
  const samples = [{ atMs: 10, mqttBytes: 84 + 4 * pings, ipBytes: 600 + 160 * pings, segments: 9 + 3 * pings }];
  return {
    ...{ keepAlive, client: 'mosquitto_pub 2.0.11', activity: 'idle', durationMs: 75_500 },
    ...{ pings, pingsAtMs: [], packets: 4 + 2 * pings, messages: 1, samples, source: 'the kernel of pi' },
    ...(perPing === undefined ? {} : { perPing }),
  };
}

test('a day of pings', (t) => {
  t.deepEqual(dailyOf(idle(5, 15)), { pings: 17_280, mqttBytes: 69_120, ipBytes: 2_764_800 });
  t.deepEqual(dailyOf(idle(25, 3, { mqttBytes: 4 })), { pings: 3_456, mqttBytes: 13_824, ipBytes: undefined });
  t.is(dailyOf({ keepAlive: 5 }), undefined);
  t.deepEqual([2_764_800, 552_960, 950].map(amountText), ['2.76 MB', '553 kB', '950 B']);
});

/** [of the connection with 5 s and that with 25 s; what is said of them] */
const costs: readonly (readonly [Traffic, Traffic, 'so' | 'not so' | 'open', RegExp])[] = [
  [idle(5, 15), idle(25, 3), 'so', /15 PINGREQ.* 3 in 75\.5 s.* 2\.76 MB against 553 kB of IP: 5\.0 times as much/],
  [idle(5, 15), idle(25, 3, { ...PER_PING, ipBytes: 800 }), 'not so', /1\.0 times as much, though the ratio .* is 5:/],
  [idle(5, 15, { mqttBytes: 4 }), idle(25, 3, { mqttBytes: 4 }), 'so', /69 kB against 14 kB of MQTT/],
  [idle(5, 15), { ...idle(25, 0), perPing: undefined }, 'open', /0 in 75\.5 s\.$/],
];

for (const [fast, slow, says, text] of costs) {
  test(`5 s against 25 s: ${says}, ${text.source}`, (t) => {
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
