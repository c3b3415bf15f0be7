import test from 'ava';
import type { PublishOutcome } from '../../../probes/session.ts';
import type { Verdict } from '../../../report/record.ts';
import { judgeReasonCode } from '../../smoke/acl/publish.ts';
import { filterOf, judgeSubscription } from '../../smoke/acl/subscribe.ts';
import { judgeUndeclared, undeclaredTopics } from '../../smoke/acl/undeclared.ts';
import { hostBoundMs } from '../../smoke/auth.ts';
import { judgeRight, type Right, rightOf } from '../../smoke/support/right.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const lab = labOf(
  `${TWO_USERS}topics: { a: { publish: [sam], subscribe: [alice], lastWill: [alice] }, b: { publish: [sam] } }`,
);

test('a right that only comes along with another one is widened', (t) => {
  t.is(rightOf(lab, 'sam', 'publish', 'a'), 'allowed');
  t.is(rightOf(lab, 'alice', 'publish', 'a'), 'widened');
  t.is(rightOf(lab, 'sam', 'lastWill', 'b'), 'widened');
  t.is(rightOf(lab, 'alice', 'publish', 'b'), 'denied');
  t.is(rightOf(lab, 'sam', 'subscribe', 'a'), 'denied');
  t.is(rightOf(lab, 'nobody', 'publish', 'a'), 'denied');
});

/** [right; verdict when it took effect, on the lab's own broker and on another; when it took none, likewise] */
const EFFECTS: readonly (readonly [Right, yes: Verdict, yesThere: Verdict, no: Verdict, noThere: Verdict])[] = [
  ['allowed', 'pass', 'pass', 'fail', 'fail'],
  ['denied', 'fail', 'fail', 'pass', 'pass'],
  ['widened', 'deviation', 'deviation', 'fail', 'pass'],
];

for (const [right, yes, yesThere, no, noThere] of EFFECTS) {
  test(`a right by effect: ${right}`, (t) => {
    t.is(judgeRight(right, true, {}, true).verdict, yes);
    t.is(judgeRight(right, true, {}, false).verdict, yesThere);
    t.is(judgeRight(right, false, {}, true).verdict, no);
    t.is(judgeRight(right, false, {}, false).verdict, noThere);
  });
}

const acknowledged = (code: number): PublishOutcome => ({ kind: 'acknowledged', code });

/** [how a publication over MQTT 5 came out; verdict where the user may publish; where not] */
const CODES: readonly (readonly [PublishOutcome | 'nothing', allowed: 'pass' | 'fail', denied: 'pass' | 'fail'])[] = [
  [acknowledged(0x00), 'pass', 'fail'],
  [acknowledged(0x10), 'pass', 'fail'],
  [acknowledged(0x87), 'fail', 'pass'],
  [acknowledged(0x80), 'fail', 'fail'],
  [{ kind: 'closed', reason: 'x' }, 'fail', 'pass'],
  ['nothing', 'fail', 'pass'],
];

for (const [outcome, allowed, denied] of CODES) {
  test(`a right by reason code: ${JSON.stringify(outcome)}`, (t) => {
    t.is(judgeReasonCode('allowed', outcome).verdict, allowed);
    t.is(judgeReasonCode('widened', outcome).verdict, allowed);
    t.is(judgeReasonCode('denied', outcome).verdict, denied);
  });
}

const subscription = { isAllowed: true, form: 'exact', suback: 1, copies: 1, leaked: [] } as const;
type Subscription = Parameters<typeof judgeSubscription>[0];

const SUBSCRIPTIONS: readonly (readonly [Partial<Subscription>, ours: Verdict, external: Verdict])[] = [
  [{}, 'pass', 'pass'],
  [{ copies: 2 }, 'fail', 'fail'],
  [{ copies: 0 }, 'fail', 'fail'],
  [{ copies: 0, suback: 0x80 }, 'fail', 'fail'],
  [{ copies: 0, suback: 0x80, form: 'hash' }, 'fail', 'pass'],
  [{ copies: 0, form: 'hash' }, 'fail', 'fail'],
  [{ leaked: ['secret'] }, 'fail', 'fail'],
  [{ isAllowed: false, copies: 0 }, 'pass', 'pass'],
  [{ isAllowed: false, copies: 0, suback: 0x80 }, 'pass', 'pass'],
  [{ isAllowed: false, copies: 1 }, 'fail', 'fail'],
];

for (const [change, ours, external] of SUBSCRIPTIONS) {
  test(`a subscription: ${JSON.stringify(change)}`, (t) => {
    t.is(judgeSubscription({ ...subscription, ...change }, true).verdict, ours);
    t.is(judgeSubscription({ ...subscription, ...change }, false).verdict, external);
  });
}

test('the filters that match a topic', (t) => {
  const forms = ['exact', 'plus', 'hash'] as const;
  t.deepEqual(
    forms.map((form) => filterOf('status', form)),
    ['status', '+', '#'],
  );
  t.deepEqual(
    forms.map((form) => filterOf('home/hall/lock', form)),
    ['home/hall/lock', 'home/hall/+', '#'],
  );
});

test('topics that are nearly declared ones are not declared', (t) => {
  const topics = ['a', 'A', 'ax', 'home/lock'].map((name) => ({ name, publish: [], subscribe: [], lastWill: [] }));
  const near = undeclaredTopics({ topics }, 'n0');
  t.is(new Set(near).size, near.length);
  t.false(near.some((topic) => topic === '' || topics.some(({ name }) => name === topic)));
  for (const topic of ['lab-undeclared-n0', 'a/n0', '/a', 'a/', 'axx', 'home/loc', 'HOME/LOCK']) {
    t.true(near.includes(topic), topic);
  }
});

test('a message on an undeclared topic is judged by what came, and on the own broker by its reason code', (t) => {
  const published = [0x87, 0x10].map((code, index) => ({
    topic: `t${index}`,
    payload: Buffer.from('x'),
    answer: acknowledged(code),
  }));
  t.is(judgeUndeclared(published, [], false).verdict, 'pass');
  t.is(judgeUndeclared(published.slice(0, 1), [], true).verdict, 'pass');
  t.regex(judgeUndeclared(published, [], true).reason ?? '', /t1$/);
  t.regex(judgeUndeclared(published, ['t0'], false).reason ?? '', /t0$/);
});

test('the bound on the logins of a host grows with their number', (t) => {
  t.is(hostBoundMs(0), 30_000);
  t.is(hostBoundMs(604), 634_000);
});
