import test from 'ava';
import { filterOf, judgeSubscription, ownFilters } from '../../../../checks/acl/subscribe.ts';
import type { Verdict } from '../../../../records/record.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';

const subscription = {
  isAllowed: true,
  version: 4,
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
  [{ suback: 0 }, 'fail', 'pass'],
  [{ suback: 2 }, 'fail', 'fail'],
  [{ unsubscribed: { isAnswered: true, copies: 0 } }, 'pass', 'pass'],
  [{ unsubscribed: { isAnswered: true, copies: 1 } }, 'fail', 'fail'],
  [{ unsubscribed: { isAnswered: false, copies: 0 } }, 'fail', 'fail'],
  [{ isAllowed: false, copies: 0, unsubscribed: { isAnswered: true, copies: 1 } }, 'fail', 'fail'],
  [{ isAllowed: false, copies: 0 }, 'pass', 'pass'],
  [{ isAllowed: false, copies: 0, suback: 0x80 }, 'pass', 'pass'],
  [{ isAllowed: false, copies: 0, suback: 0x87 }, 'fail', 'fail'],
  [{ isAllowed: false, copies: 0, suback: 0x87, version: 5 }, 'pass', 'pass'],
  [{ isAllowed: false, copies: 1 }, 'fail', 'fail'],
  [{ isAllowed: false, copies: 0, suback: 'nothing' }, 'fail', 'pass'],
  [{ isAllowed: false, copies: 0, connection: 'closed' }, 'fail', 'pass'],
  [{ isAllowed: false, copies: 0, connection: 'silent' }, 'fail', 'fail'],
];

for (const [change, ours, external] of SUBSCRIPTIONS) {
  test(`judges a subscription: ${JSON.stringify(change)}`, (t) => {
    t.is(judgeSubscription({ ...subscription, ...change }, 'lab').verdict, ours);
    t.is(judgeSubscription({ ...subscription, ...change }, 'external').verdict, external);
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

test('takes the filter that a topic stands for before a wider one', (t) => {
  const lab = labOf(`${TWO_USERS}topics: { "home/#": {}, "home/+/state": {}, "devices/%u/#": {} }`);
  t.deepEqual(ownFilters(lab, 'sam', 'home/mqtt-lab/state'), ['home/+/state', 'home/#']);
  t.deepEqual(ownFilters(lab, 'sam', 'home/mqtt-lab'), ['home/#']);
  t.deepEqual(ownFilters(lab, 'sam', 'devices/sam/mqtt-lab'), ['devices/sam/#']);
});
