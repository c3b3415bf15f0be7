import test from 'ava';
import { judgeRight, type Right, rightOf } from '../../../../checks/acl/right.ts';
import type { Verdict } from '../../../../records/record.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';

const lab = labOf(
  `${TWO_USERS}topics: { a: { publish: [sam], subscribe: [alice], lastWill: [alice] }, b: { publish: [sam] } }`,
);

test('a right that shares its write permission with another right is widened', (t) => {
  t.is(rightOf(lab, 'sam', 'publish', 'a'), 'allowed');
  t.is(rightOf(lab, 'alice', 'publish', 'a'), 'widened');
  t.is(rightOf(lab, 'sam', 'lastWill', 'b'), 'widened');
  t.is(rightOf(lab, 'alice', 'publish', 'b'), 'denied');
  t.is(rightOf(lab, 'sam', 'subscribe', 'a'), 'denied');
  t.is(rightOf(lab, 'nobody', 'publish', 'a'), 'denied');
});

/** [right; verdict when it took effect on the lab's broker, on an external one; when it took none, likewise] */
const EFFECTS: readonly (readonly [Right, yes: Verdict, yesThere: Verdict, no: Verdict, noThere: Verdict])[] = [
  ['allowed', 'pass', 'pass', 'fail', 'fail'],
  ['denied', 'fail', 'fail', 'pass', 'pass'],
  ['widened', 'deviation', 'deviation', 'fail', 'pass'],
];

for (const [right, yes, yesThere, no, noThere] of EFFECTS) {
  test(`judges the effect of an action that is ${right}`, (t) => {
    t.is(judgeRight(right, { tookEffect: true, observed: {} }, 'lab').verdict, yes);
    t.is(judgeRight(right, { tookEffect: true, observed: {} }, 'external').verdict, yesThere);
    t.is(judgeRight(right, { tookEffect: false, observed: {} }, 'lab').verdict, no);
    t.is(judgeRight(right, { tookEffect: false, observed: {} }, 'external').verdict, noThere);
  });
}
