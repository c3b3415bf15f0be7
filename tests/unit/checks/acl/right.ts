import test from 'ava';
import { type ConnectionAfter, noDenialShown } from '../../../../checks/acl/publication.ts';
import { judgeReasonCode } from '../../../../checks/acl/publish.ts';
import { judgeRight, type Right, rightOf } from '../../../../checks/acl/right.ts';
import { filterOf, judgeSubscription, judgeSystem } from '../../../../checks/acl/subscribe.ts';
import { judgeUndeclared, undeclaredTopics } from '../../../../checks/acl/undeclared.ts';
import { hostBoundMs } from '../../../../checks/auth/auth.ts';
import type { PublishOutcome } from '../../../../probes/mqtt/session.ts';
import type { Verdict } from '../../../../records/record.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';

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
const CODES: readonly (readonly [
  PublishOutcome | 'nothing',
  allowed: Verdict,
  denied: Verdict,
  deniedThere: Verdict,
])[] = [
  [acknowledged(0x00), 'pass', 'fail', 'skipped'],
  [acknowledged(0x10), 'pass', 'fail', 'skipped'],
  [acknowledged(0x87), 'fail', 'pass', 'pass'],
  [acknowledged(0x80), 'fail', 'fail', 'pass'],
  [{ kind: 'closed', reason: 'x' }, 'fail', 'fail', 'pass'],
  ['nothing', 'fail', 'fail', 'pass'],
];

for (const [outcome, allowed, denied, deniedThere] of CODES) {
  test(`a right by reason code: ${JSON.stringify(outcome)}`, (t) => {
    for (const isOurs of [true, false]) {
      t.is(judgeReasonCode('allowed', outcome, isOurs).verdict, allowed);
      t.is(judgeReasonCode('widened', outcome, isOurs).verdict, allowed);
    }
    t.is(judgeReasonCode('denied', outcome, true).verdict, denied);
    t.is(judgeReasonCode('denied', outcome, false).verdict, deniedThere);
  });
}

const subscription = {
  isAllowed: true,
  form: 'exact',
  suback: 1,
  connection: 'answered',
  copies: 1,
  leaked: [],
} as const;
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
  [{ isAllowed: false, copies: 0, suback: 'nothing' }, 'fail', 'pass'],
  [{ isAllowed: false, copies: 0, connection: 'closed' }, 'fail', 'pass'],
  [{ isAllowed: false, copies: 0, connection: 'silent' }, 'fail', 'fail'],
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

/** [answer; what became of the client; why nothing is shown, on the lab's own broker and on another] */
const ATTEMPTS: readonly (readonly [PublishOutcome | 'nothing', ConnectionAfter, ours: boolean, there: boolean])[] = [
  [acknowledged(0), 'answered', true, true],
  [{ kind: 'sent' }, 'answered', true, true],
  ['nothing', 'answered', false, true],
  [{ kind: 'closed', reason: 'x' }, 'closed', false, true],
  ['nothing', 'silent', false, false],
];

for (const [answer, connection, ours, there] of ATTEMPTS) {
  test(`whether a denial can be taken from it: ${JSON.stringify(answer)}, ${connection}`, (t) => {
    t.is(noDenialShown({ answer, connection }, true) === undefined, ours);
    t.is(noDenialShown({ answer, connection }, false) === undefined, there);
  });
}

/** [what came of the broker's own topics; verdict on the lab's own broker and on another] */
const SYSTEMS: readonly (readonly [Parameters<typeof judgeSystem>[0], ours: Verdict, there: Verdict])[] = [
  [{ topics: [], suback: 1, connection: 'answered' }, 'pass', 'skipped'],
  [{ topics: [], suback: 0x80, connection: 'answered' }, 'pass', 'pass'],
  [{ topics: ['$SYS/x'], suback: 1, connection: 'answered' }, 'fail', 'fail'],
  [{ topics: [], suback: 'nothing', connection: 'silent' }, 'fail', 'fail'],
];

for (const [seen, ours, there] of SYSTEMS) {
  test(`the broker's own topics: ${JSON.stringify(seen)}`, (t) => {
    t.is(judgeSystem(seen, true).verdict, ours);
    t.is(judgeSystem(seen, false).verdict, there);
  });
}

test('topics that are nearly declared ones are not declared, and elsewhere nobody has them', (t) => {
  const topics = ['a', 'A', 'ax', 'home/lock'].map((name) => ({ name, publish: [], subscribe: [], lastWill: [] }));
  const near = undeclaredTopics({ topics }, 'n0', true);
  t.is(new Set(near).size, near.length);
  t.false(near.some((topic) => topic === '' || topics.some(({ name }) => name === topic)));
  t.is(near[0], 'lab-undeclared-n0');
  for (const topic of ['a/n0', 'an0', '/a', 'a/', 'home/loc', 'HOME/LOCK']) t.true(near.includes(topic), topic);
  t.true(undeclaredTopics({ topics }, 'n0', false).every((topic) => topic.includes('n0')));
});

test('a message on an undeclared topic is judged by what came, and on the own broker by its reason code', (t) => {
  const [denied, accepted, will] = [
    { topic: 't0', how: 'QoS 1', payload: Buffer.from('0'), answer: acknowledged(0x87) },
    { topic: 't1', how: 'QoS 2', payload: Buffer.from('1'), answer: acknowledged(0x10) },
    { topic: 't0', how: 'last will', payload: Buffer.from('2'), answer: { kind: 'sent' } },
  ] as const;
  const here = { isLost: false, byCode: true };
  const there = { isLost: false, byCode: false };
  t.is(judgeUndeclared([denied, accepted, will], [], there).verdict, 'pass');
  t.is(judgeUndeclared([denied, will], [], here).verdict, 'pass');
  t.regex(judgeUndeclared([denied, accepted], [], here).reason ?? '', /t1 \(QoS 2\)$/);
  t.regex(judgeUndeclared([denied, will], [will], there).reason ?? '', /t0 \(last will\)$/);
  t.regex(judgeUndeclared([denied], [], { ...there, isLost: true }).reason ?? '', /nothing is shown/);
});

test('the bound on the logins of a host grows with their number', (t) => {
  t.is(hostBoundMs(0), 30_000);
  t.is(hostBoundMs(604), 634_000);
});
