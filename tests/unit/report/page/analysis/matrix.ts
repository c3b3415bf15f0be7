import test from 'ava';
import type { CheckRecord } from '../../../../../records/record.ts';
import {
  aboveConclusion,
  type MatrixCell,
  matrixCells,
  minimumConclusion,
} from '../../../../../report/page/analysis/matrix.ts';
import { recordOf, resultsOf } from '../_results.ts';
import { wholeRun } from '../_whole-run.ts';

const whole = wholeRun().filter(({ subject }) => subject?.kind === 'qos pair');

/** The table with one different cell. */
function cellsWith(id: string, observed: object | undefined) {
  const changed = (record: CheckRecord) => ({
    ...record,
    observed: observed && { ...Object(record.observed), ...observed },
  });
  return matrixCells(resultsOf(whole.map((record) => (record.id === id ? changed(record) : record))));
}

/** The same cells over MQTT 5. */
function over5(cells: readonly MatrixCell[]): MatrixCell[] {
  return cells.map((cell) => ({ ...cell, version: '5' }));
}

test('fills the cells from the records about a pair of QoS', (t) => {
  const cells = matrixCells(resultsOf([...whole, recordOf('qos.matrix.p2s1.v5'), recordOf('qos.matrix.other')]));
  t.is(cells.length, 10);
  t.like(
    cells.find(({ version }) => version === '5'),
    { published: 2, requested: 1, seen: undefined },
  );
});

const MINIMUM = [
  [
    'all as the standard says',
    cellsWith('', {}),
    'confirmed',
    /^In all 9 combinations .* granted the subscription \[MQTT-3\.8\.4-6\]\.$/,
  ],
  [
    'a message twice',
    cellsWith('qos.matrix.p2s1.v311', { copies: 2 }),
    'contradicted',
    /^QoS 2 to a subscription of QoS 1 over MQTT 3\.1\.1 arrived 2 times at QoS 1; /,
  ],
  [
    'a message at the higher QoS',
    cellsWith('qos.matrix.p0s1.v311', { delivered: 1 }),
    'contradicted',
    /arrived 1 time at QoS 1/,
  ],
  [
    'a message lost',
    cellsWith('qos.matrix.p1s1.v311', { copies: 0, delivered: undefined }),
    'contradicted',
    /did not arrive/,
  ],
  ['a lower grant', cellsWith('qos.matrix.p2s2.v311', { granted: 1, delivered: 1 }), 'confirmed', /^In all 9/],
  ['one not seen', cellsWith('qos.matrix.p1s1.v311', undefined), 'confirmed', /^In 8 of 9/],
  ['none seen', [], 'inconclusive', /no combination/],
  ['MQTT 5 alone', over5(cellsWith('', {})), 'confirmed', /granted the subscription \[MQTT-3\.8\.4-8\]\.$/],
  [
    'both versions',
    [...cellsWith('', {}), ...over5(cellsWith('', {}))],
    'confirmed',
    /^In all 18 .* granted the subscription \[MQTT-3\.8\.4-6 of MQTT 3\.1\.1\] \[MQTT-3\.8\.4-8 of MQTT 5\]\.$/,
  ],
  [
    'a message twice over MQTT 5',
    [...cellsWith('', {}), ...over5(cellsWith('qos.matrix.p2s1.v311', { copies: 2 }))],
    'contradicted',
    /over MQTT 5 arrived 2 times at QoS 1; .* \[MQTT-3\.8\.4-8\]\.$/,
  ],
] as const;

for (const [name, cells, outcome, text] of MINIMUM) {
  test(`concludes about the lower QoS: ${name}: ${outcome}`, (t) => {
    const conclusion = minimumConclusion(cells);
    t.is(conclusion.outcome, outcome);
    t.regex(conclusion.text, text);
  });
}

const ABOVE = [
  [
    'its packets are those of its QoS',
    cellsWith('', {}),
    'confirmed',
    /^In all 3 combinations .* as far as the broker/,
  ],
  [
    'one was not seen',
    cellsWith('qos.matrix.p2s0.v311', undefined),
    'confirmed',
    /^In 2 of 3 combinations \(the others/,
  ],
  [
    'it saw fewer',
    cellsWith('qos.matrix.p2s0.v311', { publisher: ['→ PUBLISH 44'] }),
    'contradicted',
    /^QoS 2 to a subscription of QoS 0 over MQTT 3\.1\.1: at QoS 2 the publisher saw → PUBLISH 44\.$/,
  ],
  [
    'it saw as many others',
    cellsWith('qos.matrix.p1s0.v311', { publisher: ['→ PUBLISH 44', '← PUBREC 4'] }),
    'contradicted',
    /at QoS 1 the publisher saw → PUBLISH 44, ← PUBREC 4\.$/,
  ],
  [
    'the subscriber’s are those of the published QoS',
    cellsWith('qos.matrix.p2s1.v311', { subscriber: ['← PUBLISH 44', '→ PUBREC 4', '← PUBREL 4', '→ PUBCOMP 4'] }),
    'contradicted',
    /at QoS 1 the subscriber saw ← PUBLISH 44, → PUBREC 4, ← PUBREL 4, → PUBCOMP 4\.$/,
  ],
  [
    'the subscriber’s acknowledgement is missing',
    cellsWith('qos.matrix.p2s1.v311', { subscriber: ['← PUBLISH 44'] }),
    'contradicted',
    /at QoS 1 the subscriber saw ← PUBLISH 44\.$/,
  ],
  [
    'nothing was delivered',
    cellsWith('qos.matrix.p2s1.v311', { delivered: undefined, subscriber: [] }),
    'contradicted',
    /over MQTT 3\.1\.1: the subscriber saw nothing\.$/,
  ],
  [
    'it was delivered as it was published',
    cellsWith('qos.matrix.p1s0.v311', { delivered: 1, subscriber: ['← PUBLISH 44', '→ PUBACK 4'] }),
    'contradicted',
    /delivered at QoS 1, granted was 0\.$/,
  ],
  [
    'none was above',
    cellsWith('', {}).filter(({ published, requested }) => published <= requested),
    'inconclusive',
    /no message above/,
  ],
] as const;

for (const [name, cells, outcome, text] of ABOVE) {
  test(`concludes about the publisher’s hop above the subscriber’s QoS: ${name}: ${outcome}`, (t) => {
    const conclusion = aboveConclusion(cells);
    t.is(conclusion.outcome, outcome);
    t.regex(conclusion.text, text);
  });
}
