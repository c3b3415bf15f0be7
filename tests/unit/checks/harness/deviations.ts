import test from 'ava';
import { type Behaviour, type Judged, judgeByVersion } from '../../../../checks/harness/deviations.ts';

const NAME = 'takeover of a persistent session leaves no will';
/** [what was seen; verdict where the version is known to deviate; where it is unknown] */
const rows: readonly (readonly [Behaviour, known: Judged['verdict'], unknown: Judged['verdict']])[] = [
  ['standard', 'fail', 'pass'],
  ['deviation', 'deviation', 'fail'],
  [{ other: 'two wills' }, 'fail', 'fail'],
];

for (const [seen, known, unknown] of rows) {
  test(`a deviation is expected of the versions that have it: ${JSON.stringify(seen)}`, (t) => {
    t.is(judgeByVersion(seen, NAME, '2.0.11').verdict, known);
    t.is(judgeByVersion(seen, NAME, '1.6.9').verdict, unknown);
    t.is(judgeByVersion(seen, NAME, undefined).verdict, unknown);
  });
}
