import test from 'ava';
import { isMet, median, type Round, rowsOf, tableLines } from '../../bench/table.ts';

/** [values; their median] */
const medians: readonly (readonly [readonly number[], number])[] = [
  [[1], 1],
  [[3, 1], 2],
  [[10, 9, 2], 9],
  [[4, 1, 3, 2], 2.5],
  [[], Number.NaN],
];

for (const [values, expected] of medians) {
  test(`median of ${values}`, (t) => {
    t.is(median(values), expected);
  });
}

const round: Round = {
  plain: 8,
  cold: 10,
  second: 0.9,
  secondVerified: 15,
  quick: 12.5,
  quickLongestWait: 10.6,
  verify: 61,
  longestWait: 57,
  waits: 300,
  upPeak: { process: 120, tree: 150 },
  quickPeak: { process: 120, tree: 200 },
  verifyPeak: { process: 130, tree: 400 },
};

test('each target is met or missed by its own figure', (t) => {
  const verdicts = Object.fromEntries(rowsOf([round]).map((row) => [row.name.trim(), isMet(row)]));
  t.is(verdicts['cold up / plain'], true);
  t.is(verdicts['second up --no-verify'], true);
  t.is(verdicts['verify --quick beyond it'], true);
  t.is(verdicts.verify, false);
  t.is(verdicts['verify beyond it'], false);
  t.is(verdicts['sum of the waits that MQTT imposes'], undefined);
  t.is(verdicts['memory of verify --quick, all processes'], true);
  t.is(verdicts['memory of up, all processes'], true);
  t.is(verdicts['memory of verify, all processes'], false);
  t.is(verdicts['second up'], undefined);
});

test('a ratio is taken within each round, then its median', (t) => {
  const rounds = [round, { ...round, plain: 1, cold: 3 }, { ...round, plain: 100, cold: 150 }];
  t.is(rowsOf(rounds).find(({ unit }) => unit === '×')?.median, 1.5);
});

test('the table tells the target and its verdict', (t) => {
  const lines = tableLines(
    [
      { name: 'a', median: 1.234, unit: 's', target: 1 },
      { name: 'memory', median: 99.6, unit: 'MB', target: 200 },
      { name: 'c', median: 2, unit: '×' },
    ],
    1,
  );
  t.deepEqual(lines, [
    'medians of 1 round',
    'a          1.23 s  ≤ 1.00 s   MISSED',
    'memory     100 MB  ≤ 200 MB   met',
    'c          2.00 ×',
  ]);
});
