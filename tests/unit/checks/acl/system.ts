import test from 'ava';
import { judgeSystem } from '../../../../checks/acl/system.ts';
import type { Verdict } from '../../../../records/record.ts';

const NONE = { topics: [], readsAny: false, isDue: false } as const;

/** [what a subscription to the broker's own topics gave; verdict on the lab's broker and on an external one] */
const SYSTEMS: readonly (readonly [Parameters<typeof judgeSystem>[0], ours: Verdict, there: Verdict])[] = [
  [{ ...NONE, suback: 1, connection: 'answered' }, 'pass', 'skipped'],
  [{ ...NONE, suback: 0x80, connection: 'answered' }, 'pass', 'pass'],
  [{ ...NONE, topics: ['$SYS/x'], suback: 1, connection: 'answered' }, 'fail', 'fail'],
  [{ ...NONE, suback: 'nothing', connection: 'silent' }, 'fail', 'fail'],
  [{ ...NONE, isDue: true, suback: 1, connection: 'answered' }, 'fail', 'fail'],
  [{ ...NONE, isDue: true, readsAny: true, suback: 1, connection: 'answered' }, 'pass', 'pass'],
];

for (const [seen, ours, there] of SYSTEMS) {
  test(`judges a subscription to the broker's own topics: ${JSON.stringify(seen)}`, (t) => {
    t.is(judgeSystem(seen, 'lab').verdict, ours);
    t.is(judgeSystem(seen, 'external').verdict, there);
  });
}
