import test from 'ava';
import { clientRows, clientsSentence } from '../../../../../report/page/judge/clients.ts';
import type { CheckRecord } from '../../../../../report/record.ts';
import { recordOf, resultsOf } from '../_results.ts';
import { wholeRun } from '../_whole-run.ts';

test('each way names who published, who had subscribed, and at which QoS', (t) => {
  const rows = clientRows(resultsOf(wholeRun())).map(({ publisher, subscriber, qos }) => [publisher, subscriber, qos]);
  t.deepEqual(rows.slice(0, 2), [
    ['mosquitto_pub on the broker’s host', 'mosquitto_sub -d on pi', undefined],
    ['mqtt.js on this machine', 'mosquitto_sub on pi', 0],
  ]);
  t.deepEqual(rows.at(-1), ['mqtt.js on this machine', 'paho on pi', 2]);
  t.is(rows.length, 8);
});

const ways = (verdict: CheckRecord['verdict'], levels: readonly number[]) =>
  clientRows(resultsOf(levels.map((qos) => recordOf(`qos.host-to-pi.q${qos}.pi`, { host: 'pi', verdict }))));

for (const [name, rows, says, text] of [
  ['nothing', [], 'open', /^No message was sent/],
  ['skipped checks alone', ways('skipped', [0, 1, 2]), 'open', /^No message was sent/],
  ['all three levels', ways('pass', [0, 1, 2]), 'so', /exactly once and unaltered, in all of 3 ways/],
  ['one level', ways('pass', [1]), 'open', /only 1 was tried/],
  ['a failure', [...ways('pass', [0, 1]), ...ways('fail', [2])], 'not so', /^1 of 3 ways did not deliver/],
] as const) {
  test(`${name}: ${says}`, (t) => {
    const sentence = clientsSentence(rows);
    t.is(sentence.says, says);
    t.regex(sentence.text, text);
  });
}
