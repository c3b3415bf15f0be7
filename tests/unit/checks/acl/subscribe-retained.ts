import test from 'ava';
import { judgeServed, type Served } from '../../../../checks/acl/subscribe-retained.ts';
import type { Verdict } from '../../../../records/record.ts';

const steps = (...copies: readonly number[]): Served[] =>
  (['first', 'again', 'plus', 'hash'] as const).map((way, index) => ({ way, suback: 1, copies: copies[index] ?? 0 }));
const seen = { isAllowed: true, served: steps(1, 1, 1, 1), copies: 4, connection: 'answered', leaked: [] } as const;
type Seen = Parameters<typeof judgeServed>[0];
const refusedWildcards = steps(1, 1).map((step) => (step.copies === 0 ? { ...step, suback: 0x80 } : step));

/** [what differs; verdict on the lab's broker; on an external one] */
const SEEN: readonly (readonly [string, Partial<Seen>, ours: Verdict, external: Verdict])[] = [
  ['one copy each time', {}, 'pass', 'pass'],
  ['none at the second SUBSCRIBE', { served: steps(1, 0, 1, 1), copies: 3 }, 'fail', 'fail'],
  ['two at the first', { served: steps(2, 1, 1, 1), copies: 5 }, 'fail', 'fail'],
  ['wildcards refused', { served: refusedWildcards, copies: 2 }, 'fail', 'pass'],
  ['a topic of others', { leaked: ['secret'] }, 'fail', 'fail'],
  ['denied, none', { isAllowed: false, served: steps(), copies: 0 }, 'pass', 'pass'],
  ['denied, one at #', { isAllowed: false, served: steps(0, 0, 0, 1), copies: 1 }, 'fail', 'fail'],
  ['denied, one after the last step', { isAllowed: false, served: steps(), copies: 1 }, 'fail', 'fail'],
  [
    'denied, closed',
    { isAllowed: false, served: steps().slice(0, 1), copies: 0, connection: 'closed' },
    'fail',
    'pass',
  ],
  ['denied, silent', { isAllowed: false, served: steps(), copies: 0, connection: 'silent' }, 'fail', 'fail'],
];

for (const [what, change, ours, external] of SEEN) {
  test(`judges what a subscriber receives of a retained message: ${what}`, (t) => {
    t.is(judgeServed({ ...seen, ...change }, 'lab').verdict, ours);
    t.is(judgeServed({ ...seen, ...change }, 'external').verdict, external);
  });
}

test('names the way by which a denied retained message came', (t) => {
  const finding = judgeServed({ ...seen, isAllowed: false, served: steps(0, 1), copies: 1 }, 'lab');
  t.regex(finding.reason ?? '', /second SUBSCRIBE/);
});
