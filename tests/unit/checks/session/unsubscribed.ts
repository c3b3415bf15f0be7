import { inspect } from 'node:util';
import test from 'ava';
import { judgeUnsubscribed, type UnsubscribedSeen } from '../../../../checks/session/unsubscribed.ts';
import type { Verdict } from '../../../../records/record.ts';

const seen: UnsubscribedSeen = { sessionPresent: true, byTheOther: 1, live: 0, queued: 0, codes: [0, 0] };

/** [what differs; verdict on the lab's broker; on an external one] */
const SEEN: readonly (readonly [Partial<UnsubscribedSeen>, ours: Verdict, external: Verdict])[] = [
  [{}, 'pass', 'pass'],
  [{ codes: [] }, 'pass', 'pass'],
  [{ live: 1 }, 'fail', 'fail'],
  [{ queued: 1 }, 'fail', 'fail'],
  [{ byTheOther: 0 }, 'fail', 'fail'],
  [{ byTheOther: 2 }, 'fail', 'fail'],
  [{ byTheOther: undefined }, 'fail', 'pass'],
  [{ codes: [0x80, 0] }, 'fail', 'fail'],
  [{ sessionPresent: false }, 'fail', 'pass'],
];

for (const [change, ours, external] of SEEN) {
  test(`judges what comes after UNSUBSCRIBE: ${inspect(change)}`, (t) => {
    t.is(judgeUnsubscribed({ ...seen, ...change }, true).verdict, ours);
    t.is(judgeUnsubscribed({ ...seen, ...change }, false).verdict, external);
  });
}
