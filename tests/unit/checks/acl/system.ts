import test from 'ava';
import { judgeSystem } from '../../../../checks/acl/system.ts';
import type { Verdict } from '../../../../records/record.ts';

/** [what a subscription to the broker's own topics gave; verdict on the lab's broker and on an external one] */
const SYSTEMS: readonly (readonly [Parameters<typeof judgeSystem>[0], ours: Verdict, there: Verdict])[] = [
  [{ topics: [], suback: 1, connection: 'answered' }, 'pass', 'skipped'],
  [{ topics: [], suback: 0x80, connection: 'answered' }, 'pass', 'pass'],
  [{ topics: ['$SYS/x'], suback: 1, connection: 'answered' }, 'fail', 'fail'],
  [{ topics: [], suback: 'nothing', connection: 'silent' }, 'fail', 'fail'],
];

for (const [seen, ours, there] of SYSTEMS) {
  test(`judges a subscription to the broker's own topics: ${JSON.stringify(seen)}`, (t) => {
    t.is(judgeSystem(seen, 'lab').verdict, ours);
    t.is(judgeSystem(seen, 'external').verdict, there);
  });
}
