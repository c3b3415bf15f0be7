import type { Results } from '../../../records/results.ts';
import { resultsOf as made, recordOf } from '../../unit/report/page/_results.ts';
import { wholeRun } from '../../unit/report/page/_whole-run.ts';

/** Texts that would like to be more. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '</script><script>alert(2)</script>',
  '"><img src=x onerror=alert(3)>',
  '\u202etxt.exe',
  'a\u001b[31mred\u0000',
  "' onmouseover='alert(4)",
];

const RUNS: Readonly<Record<string, () => Results>> = {
  whole: () => made(wholeRun()),
  failing: () =>
    made([
      ...wholeRun().filter(({ id }) => id !== 'qos.matrix.p2s1.v311'),
      recordOf('qos.matrix.p2s1.v311', { verdict: 'fail', reason: 'two copies arrived, not one' }),
    ]),
  empty: () => made([]),
  hostile: () => made(hostileRun(), { lab: HOSTILE.join(' ') }),
};

/** A run in which every foreign text tries to be an element, a script or a control character. */
function hostileRun() {
  const bad = HOSTILE.join(' ');
  const word = encodeURIComponent(bad).replaceAll('.', '%2E');
  const spoilt = wholeRun().map((record) => replaced(record, bad));
  return [
    ...spoilt,
    recordOf(`acl.publish.${word}.${word}.q0.v311`, {
      expected: { delivered: true },
      observed: { delivered: false },
      verdict: 'fail',
      reason: bad,
      evidence: [bad, { [bad]: bad }],
    }),
    recordOf(`will.fin.publisher.${word}.v311`, {
      verdict: 'skipped',
      reason: bad,
      host: bad,
      versions: { broker: bad, client: bad },
    }),
  ];
}

function replaced<T>(value: T, bad: string): T {
  const text = JSON.stringify(value);
  return JSON.parse(
    text.replaceAll('"status"', () => JSON.stringify(bad)).replaceAll(/"(sam|alice)"/g, () => JSON.stringify(bad)),
  );
}

export function resultsOf(run: string): Results {
  const results = RUNS[run]?.();
  if (results === undefined) throw new Error(`there is no run ${run}`);
  return results;
}

export function deviationsOf(run: string): number {
  return resultsOf(run).counts.deviation;
}
