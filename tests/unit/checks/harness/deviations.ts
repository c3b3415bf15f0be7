import test from 'ava';
import { type Behaviour, type Judged, judgeByVersion } from '../../../../checks/harness/deviations.ts';

const NAME = 'takeover of a persistent session leaves no will';
/** [observed behaviour; verdict on a version that is known to deviate; on others] */
const rows: readonly (readonly [Behaviour, known: Judged['verdict'], unknown: Judged['verdict']])[] = [
  ['standard', 'fail', 'pass'],
  ['deviation', 'deviation', 'fail'],
  [{ other: 'two wills' }, 'fail', 'fail'],
];

test('says which software would explain a deviation of an unknown broker, and only there', (t) => {
  t.regex(judgeByVersion('deviation', NAME, undefined).advice ?? '', /broker\.software .*mosquitto/);
  t.is(judgeByVersion('deviation', NAME, '1.6.9').advice, undefined);
});

for (const [seen, known, unknown] of rows) {
  test(`expects a deviation only of the versions that have it: ${JSON.stringify(seen)}`, (t) => {
    t.is(judgeByVersion(seen, NAME, '2.0.11').verdict, known);
    t.is(judgeByVersion(seen, NAME, '1.6.9').verdict, unknown);
    t.is(judgeByVersion(seen, NAME, undefined).verdict, unknown);
  });
}
