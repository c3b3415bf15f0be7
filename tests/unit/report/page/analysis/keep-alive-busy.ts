import test from 'ava';
import { busyConclusion } from '../../../../../report/page/analysis/keep-alive-busy.ts';

const activities = ['publishes QoS 0', 'publishes QoS 1', 'receives QoS 0', 'receives QoS 1'] as const;
const busy = (client: string, pings: readonly number[]) =>
  activities.map((activity, index) => ({ client, activity, pings: pings[index] ?? 0 }));

/** [client; its pings by activity; facts in the text] */
const clients: readonly (readonly [
  string,
  readonly number[],
  'confirmed' | 'contradicted' | 'inconclusive',
  RegExp,
])[] = [
  [
    'mqtt.js 5.16.0',
    [3, 0, 3, 3],
    'confirmed',
    /sent none while it publishes QoS 1\. It counts .* acknowledgement that it received/,
  ],
  [
    'mosquitto clients 2.0.11',
    [3, 0, 3, 0],
    'confirmed',
    /none while it publishes QoS 1 and receives QoS 1\. libmosquitto/,
  ],
  ['paho-mqtt 1.6.1', [3, 3, 3, 3], 'confirmed', /receives QoS 1 \(3\)\. Like libmosquitto/],
  ['paho-mqtt 3.0.0', [3, 0, 3, 0], 'contradicted', /This client usually pings in every case\.$/],
  ['mqtt.js 6.0.0', [0, 0, 0, 0], 'contradicted', /This client usually sends none only while it publishes QoS 1\.$/],
  ['another', [1, 1, 1, 1], 'inconclusive', /^another sent PINGREQ/],
];

for (const [client, pings, outcome, text] of clients) {
  test(`explains ${client} with ${pings.join(', ')} pings: ${outcome}`, (t) => {
    const conclusion = busyConclusion(busy(client, pings));
    t.is(conclusion.outcome, outcome);
    t.regex(conclusion.text, text);
  });
}
