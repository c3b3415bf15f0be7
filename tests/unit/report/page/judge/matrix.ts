import test from 'ava';
import type { CheckRecord } from '../../../../../records/record.ts';
import {
  aboveSentence,
  type MatrixCell,
  matrixCells,
  minimumSentence,
} from '../../../../../report/page/judge/matrix.ts';
import { recordOf, resultsOf } from '../_results.ts';
import { wholeRun } from '../_whole-run.ts';

const whole = wholeRun().filter(({ id }) => id.startsWith('qos.matrix'));

/** The table with one cell seen otherwise. */
function cellsWith(id: string, observed: object | undefined) {
  const changed = (record: CheckRecord) => ({
    ...record,
    observed: observed && { ...Object(record.observed), ...observed },
  });
  return matrixCells(resultsOf(whole.map((record) => (record.id === id ? changed(record) : record))));
}

/** The same cells, seen over MQTT 5. */
function over5(cells: readonly MatrixCell[]): MatrixCell[] {
  return cells.map((cell) => ({ ...cell, version: '5' }));
}

test('the cells are those of the table, whatever else is called alike', (t) => {
  const cells = matrixCells(resultsOf([...whole, recordOf('qos.matrix.p2s1.v5'), recordOf('qos.matrix.other')]));
  t.is(cells.length, 10);
  t.like(
    cells.find(({ version }) => version === '5'),
    { published: 2, requested: 1, seen: undefined },
  );
});

const MINIMUM = [
  ['all as the standard says', cellsWith('', {}), 'so', /^In all 9 combinations .* granted \[MQTT-3\.8\.4-6\]\.$/],
  [
    'a message twice',
    cellsWith('qos.matrix.p2s1.v311', { copies: 2 }),
    'not so',
    /^QoS 2 to a subscription of QoS 1 over MQTT 3\.1\.1 came 2 times at QoS 1; /,
  ],
  [
    'a message at the higher QoS',
    cellsWith('qos.matrix.p0s1.v311', { delivered: 1 }),
    'not so',
    /came 1 time at QoS 1/,
  ],
  ['a message lost', cellsWith('qos.matrix.p1s1.v311', { copies: 0, delivered: undefined }), 'not so', /did not come/],
  ['a lower grant', cellsWith('qos.matrix.p2s2.v311', { granted: 1, delivered: 1 }), 'so', /^In all 9/],
  ['one not seen', cellsWith('qos.matrix.p1s1.v311', undefined), 'so', /^In 8 of 9/],
  ['none seen', [], 'open', /^No cell/],
  ['MQTT 5 alone', over5(cellsWith('', {})), 'so', /granted \[MQTT-3\.8\.4-8\]\.$/],
  [
    'both versions',
    [...cellsWith('', {}), ...over5(cellsWith('', {}))],
    'so',
    /^In all 18 .* granted \[MQTT-3\.8\.4-6 of MQTT 3\.1\.1\] \[MQTT-3\.8\.4-8 of MQTT 5\]\.$/,
  ],
  [
    'a message twice over MQTT 5',
    [...cellsWith('', {}), ...over5(cellsWith('qos.matrix.p2s1.v311', { copies: 2 }))],
    'not so',
    /over MQTT 5 came 2 times at QoS 1; .* \[MQTT-3\.8\.4-8\]\.$/,
  ],
] as const;

for (const [name, cells, says, text] of MINIMUM) {
  test(`the lower QoS: ${name}: ${says}`, (t) => {
    const sentence = minimumSentence(cells);
    t.is(sentence.says, says);
    t.regex(sentence.text, text);
  });
}

const ABOVE = [
  ['its packets are those of its QoS', cellsWith('', {}), 'so', /^In all 3 combinations .* as far as the broker/],
  ['one was not seen', cellsWith('qos.matrix.p2s0.v311', undefined), 'so', /^In 2 of 3 combinations \(the rest/],
  [
    'it saw fewer',
    cellsWith('qos.matrix.p2s0.v311', { publisher: ['→ PUBLISH 44'] }),
    'not so',
    /^QoS 2 to a subscription of QoS 0 over MQTT 3\.1\.1: at QoS 2 the publisher saw → PUBLISH 44\.$/,
  ],
  [
    'it saw as many others',
    cellsWith('qos.matrix.p1s0.v311', { publisher: ['→ PUBLISH 44', '← PUBREC 4'] }),
    'not so',
    /at QoS 1 the publisher saw → PUBLISH 44, ← PUBREC 4\.$/,
  ],
  [
    'the subscriber’s are those of the published QoS',
    cellsWith('qos.matrix.p2s1.v311', { subscriber: ['← PUBLISH 44', '→ PUBREC 4', '← PUBREL 4', '→ PUBCOMP 4'] }),
    'not so',
    /at QoS 1 the subscriber saw ← PUBLISH 44, → PUBREC 4, ← PUBREL 4, → PUBCOMP 4\.$/,
  ],
  [
    'the subscriber’s acknowledgement is missing',
    cellsWith('qos.matrix.p2s1.v311', { subscriber: ['← PUBLISH 44'] }),
    'not so',
    /at QoS 1 the subscriber saw ← PUBLISH 44\.$/,
  ],
  [
    'nothing was delivered',
    cellsWith('qos.matrix.p2s1.v311', { delivered: undefined, subscriber: [] }),
    'not so',
    /over MQTT 3\.1\.1: the subscriber saw nothing\.$/,
  ],
  [
    'it was delivered as it was published',
    cellsWith('qos.matrix.p1s0.v311', { delivered: 1, subscriber: ['← PUBLISH 44', '→ PUBACK 4'] }),
    'not so',
    /delivered at QoS 1, granted was 0\.$/,
  ],
  [
    'none was above',
    cellsWith('', {}).filter(({ published, requested }) => published <= requested),
    'open',
    /^No message/,
  ],
] as const;

for (const [name, cells, says, text] of ABOVE) {
  test(`the publisher’s hop above the subscriber’s QoS: ${name}: ${says}`, (t) => {
    const sentence = aboveSentence(cells);
    t.is(sentence.says, says);
    t.regex(sentence.text, text);
  });
}
