import test from 'ava';
import { leftOutLines } from '../../../../report/recap/left-out.ts';

test('counts what a run left out, with the seed and how to run it', (t) => {
  const [line = ''] = leftOutLines({ leftOut: { checks: 18_766, seed: 4711 } });
  t.regex(line, /^18,766 checks left out \(seed 4711\); \.\/lab verify --exhaustive/);
  t.regex(leftOutLines({ leftOut: { checks: 1, seed: 0 } })[0] ?? '', /^1 check left/);
});

test('says nothing where all checks ran', (t) => {
  t.deepEqual(leftOutLines({}), []);
  t.deepEqual(leftOutLines(undefined), []);
});
