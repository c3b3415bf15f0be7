import test from 'ava';
import { type JudgedCheck, judge, type Kill } from '../../../mutants/judge.ts';
import { killJson, killLine, killTable } from '../../../mutants/kill-table.ts';
import type { Mutant } from '../../../mutants/mutant.ts';

const MUTANT: Mutant = {
  kind: 'wire',
  name: 'message.lost',
  what: 'a | b',
  caughtBy: ['qos.q1', 'session.*.v5'],
  alter: () => () => ({}),
};

const checks = (verdicts: Readonly<Record<string, JudgedCheck['verdict']>>): JudgedCheck[] =>
  Object.entries(verdicts).map(([id, verdict]) => ({ id, verdict }));

const ALL: Readonly<Record<string, JudgedCheck['verdict']>> = {
  'qos.q1.a': 'fail',
  'session.x.v5': 'fail',
  'auth.a': 'pass',
};

/** [what; verdicts beside those of ALL; outcome; outcome where no other check may fail] */
const rows: readonly (readonly [what: string, verdicts: typeof ALL, outcome: Kill, exact: Kill])[] = [
  ['all that must tell do', {}, { outcome: 'killed' }, { outcome: 'killed' }],
  [
    'one of them does not',
    { 'qos.q1.b': 'pass' },
    { outcome: 'missed', by: ['qos.q1.b'] },
    { outcome: 'missed', by: ['qos.q1.b'] },
  ],
  [
    'one of them is skipped, one known to deviate',
    { 'qos.q1.b': 'skipped', 'qos.q1.c': 'deviation' },
    { outcome: 'killed' },
    { outcome: 'killed' },
  ],
  [
    'one pattern has only a skipped check',
    { 'session.x.v5': 'skipped' },
    { outcome: 'not judged', by: ['session.*.v5'] },
    { outcome: 'not judged', by: ['session.*.v5'] },
  ],
  ['others fail too', { 'auth.a': 'fail' }, { outcome: 'killed' }, { outcome: 'false alarm', by: ['auth.a'] }],
];

for (const [what, verdicts, outcome, exact] of rows) {
  test(`a mutant of which ${what}`, (t) => {
    const seen = checks({ ...ALL, ...verdicts });
    t.deepEqual(judge(MUTANT, seen), outcome);
    t.deepEqual(judge({ ...MUTANT, isExact: true }, seen), exact);
  });
}

test('the kill table tells each mutant, its verdict and its checks', (t) => {
  const killed = { mutant: MUTANT, kill: { outcome: 'killed' }, failed: ['qos.q1.a'], seconds: 1.23 } as const;
  const missed = { ...killed, kill: { outcome: 'missed', by: ['a', 'b', 'c', 'd', 'e'] } } as const;
  t.regex(killLine(killed), /^✓ message\.lost +1\.2 s {2}killed by qos\.q1, session/);
  t.regex(killLine(missed), /^✗ message\.lost .*missed by a, b, c, d and 1 more$/);
  const rows = killTable([killed, missed]).split('\n');
  t.is(rows[2], '| message.lost | a \\| b | `qos.q1`, `session.*.v5` | 1 | killed | 1.2 |');
  t.like(killJson([killed, missed]), { killed: 1, mutants: [{ name: 'message.lost', seconds: 1.2 }] });
});
