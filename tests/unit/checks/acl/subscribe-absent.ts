import test from 'ava';
import { judgeReturn } from '../../../../checks/acl/subscribe-absent.ts';
import type { Verdict } from '../../../../records/record.ts';

const seen = {
  isAllowed: true,
  subacks: [1, 1, 1],
  sessionPresent: true,
  queued: 1,
  later: 3,
  isAnswered: true,
  leaked: [],
} as const;
type Seen = Parameters<typeof judgeReturn>[0];
const denied = { isAllowed: false, queued: 0, later: 0 } as const;

/** [what differs; verdict on the lab's broker; on an external one] */
const SEEN: readonly (readonly [string, Partial<Seen>, ours: Verdict, external: Verdict])[] = [
  ['both arrived', {}, 'pass', 'pass'],
  ['four copies of three subscriptions', { later: 4 }, 'fail', 'fail'],
  ['nothing queued', { queued: 0 }, 'fail', 'fail'],
  ['nothing live', { later: 0 }, 'fail', 'fail'],
  ['no session', { sessionPresent: false }, 'fail', 'fail'],
  ['one code for three filters', { subacks: [1] }, 'fail', 'pass'],
  ['a lower QoS, not queued', { subacks: [0, 0, 0], queued: 0 }, 'fail', 'skipped'],
  ['denied, nothing', denied, 'pass', 'pass'],
  ['denied, queued', { ...denied, queued: 1 }, 'fail', 'fail'],
  ['denied, live', { ...denied, later: 1 }, 'fail', 'fail'],
  ['denied, no session', { ...denied, sessionPresent: false }, 'fail', 'pass'],
  ['denied, silent', { ...denied, isAnswered: false }, 'fail', 'fail'],
  ['a topic of others', { leaked: ['secret'] }, 'fail', 'fail'],
];

for (const [what, change, ours, external] of SEEN) {
  test(`judges what a returning subscriber receives: ${what}`, (t) => {
    t.is(judgeReturn({ ...seen, ...change }, 'lab').verdict, ours);
    t.is(judgeReturn({ ...seen, ...change }, 'external').verdict, external);
  });
}
