import test from 'ava';
import { setSlowness } from '../../../../base/slowness.ts';
import type { Finding } from '../../../../checks/harness/check.ts';
import { unlessSlow } from '../../../../checks/harness/unless-slow.ts';

const late: Finding = { verdict: 'fail', observed: 1, reason: 'too late', isLate: true };
const passed: Finding = { verdict: 'pass', observed: 2 };
const denied: Finding = { verdict: 'fail', observed: 3, reason: 'let in' };

/** [slowness; what the tries find; how many tries; the verdict] */
const ROWS: readonly (readonly [
  slow: number,
  found: readonly Finding[],
  tries: number,
  verdict: Finding['verdict'],
])[] = [
  [1, [late], 1, 'fail'],
  [5, [late, passed], 2, 'pass'],
  [5, [late, late, late], 3, 'inconclusive'],
  [5, [late, denied], 2, 'fail'],
  [5, [denied], 1, 'fail'],
];

for (const [slow, found, tries, verdict] of ROWS) {
  test.serial(
    `at slowness ${slow}, tries that find ${found.map(({ reason = 'pass' }) => reason)}: ${verdict}`,
    async (t) => {
      t.teardown(() => setSlowness(1));
      setSlowness(slow);
      let tried = 0;
      const attempt = async () => {
        tried += 1;
        return found[tried - 1] ?? passed;
      };
      const finding = await unlessSlow(attempt);
      t.is(finding.verdict, verdict);
      t.is(tried, tries);
    },
  );
}
