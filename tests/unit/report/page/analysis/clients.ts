import test from 'ava';
import type { CheckRecord } from '../../../../../records/record.ts';
import { clientRows, clientsConclusion } from '../../../../../report/page/analysis/clients.ts';
import type { Conclusion } from '../../../../../report/page/analysis/conclusion.ts';
import { recordOf, resultsOf } from '../_results.ts';
import { wholeRun } from '../_whole-run.ts';

test('names publisher, subscriber and QoS of each way', (t) => {
  const rows = clientRows(resultsOf(wholeRun())).map(({ publisher, subscriber, qos }) => [publisher, subscriber, qos]);
  t.deepEqual(rows.slice(0, 2), [
    ['mosquitto_pub on the broker’s host', 'mosquitto_sub -d on pi', undefined],
    ['mqtt.js on this machine', 'mosquitto_sub on pi', 0],
  ]);
  t.deepEqual(rows.at(-1), ['mqtt.js on this machine', 'paho on pi', 2]);
  t.is(rows.length, 8);
});

type Checks = readonly CheckRecord[];

/** A check of a way to or from a Pi each level. */
function way(name: string, levels: readonly number[], more: Partial<CheckRecord> = {}, pi = 'pi'): Checks {
  return levels.map((qos) => recordOf(`qos.${name}.q${qos}.${pi}`, more));
}

const ALL = [0, 1, 2];
const ASKED = ['host-to-pi', 'pi-to-host', 'paho-publishes', 'paho'];
const asked = ASKED.flatMap((name) => way(name, ALL));
const here = ALL.map((qos) => recordOf(`qos.this-machine.q${qos}`));

/** [what ran; the outcome; facts in the text] */
const CASES: readonly (readonly [string, Checks, Conclusion['outcome'], RegExp])[] = [
  ['nothing', [], 'inconclusive', /^No message was sent/],
  ['skipped checks alone', way('host-to-pi', ALL, { verdict: 'skipped' }), 'inconclusive', /^No message was sent/],
  [
    'each way at all levels',
    asked,
    'confirmed',
    /^Every message arrived exactly once and unaltered: mqtt\.js on this machine to mosquitto_sub on pi at QoS 0, 1 and 2; mosquitto_pub on pi to mqtt\.js on this machine at QoS 0, 1 and 2; paho on pi to mqtt\.js on this machine at QoS 0, 1 and 2; mqtt\.js on this machine to paho on pi at QoS 0, 1 and 2\.$/,
  ],
  [
    'one direction alone',
    way('host-to-pi', ALL),
    'inconclusive',
    /^Every .* unaltered: mqtt\.js on this machine to mosquitto_sub on pi at QoS 0, 1 and 2\. Not in this run: mosquitto_pub on a Pi to mqtt\.js on this machine at QoS 0, 1 and 2; paho on a Pi to .*; mqtt\.js on this machine to paho on a Pi at QoS 0, 1 and 2\.$/,
  ],
  [
    'a lab without a Pi',
    here,
    'inconclusive',
    /^Every .* unaltered: mqtt\.js on this machine to mqtt\.js on this machine at QoS 0, 1 and 2\. Not in this run: mqtt\.js on this machine to mosquitto_sub on a Pi /,
  ],
  [
    'one level of paho',
    asked.filter(({ id }) => !/paho\.q[01]/.test(id)),
    'inconclusive',
    / Not in this run: mqtt\.js on this machine to paho on pi at QoS 0 and 1\.$/,
  ],
  [
    'one way skipped on the other Pi',
    [...asked, ...way('pi-to-host', [2], { verdict: 'skipped' }, 'pi2'), ...way('pi-to-host', [0, 1], {}, 'pi2')],
    'inconclusive',
    / Not in this run: mosquitto_pub on pi2 to mqtt\.js on this machine at QoS 2\.$/,
  ],
  [
    'the installation check skipped',
    [...asked, recordOf('install.message.pi', { verdict: 'skipped', host: 'pi' })],
    'inconclusive',
    / Not in this run: mosquitto_pub on the broker’s host to mosquitto_sub -d on pi\.$/,
  ],
  [
    'a failure',
    [...asked, ...way('paho', [2], { verdict: 'fail' }, 'pi2')],
    'contradicted',
    /^1 of 13 checks .*: mqtt\.js on this machine to paho on pi2 at QoS 2\.$/,
  ],
];

for (const [name, records, outcome, text] of CASES) {
  test(`concludes about clients: ${name}: ${outcome}`, (t) => {
    const conclusion = clientsConclusion(clientRows(resultsOf(records)));
    t.is(conclusion.outcome, outcome);
    t.regex(conclusion.text, text);
  });
}
