import test from 'ava';
import { Secret } from '../../../../base/secret.ts';
import { maskedRecord } from '../../../../checks/run/lab-checks.ts';
import type { CheckRecord } from '../../../../records/record.ts';

test('masks what a client printed, and not a topic that equals a password', (t) => {
  const { length } = new Secret('home/humidity').reveal();
  t.is(length, 13);
  const record: CheckRecord = {
    id: 'acl.publish.home/humidity.sam.q0.v311',
    family: 'acl',
    claim: 'sam may publish to home/humidity',
    expected: { tookEffect: true },
    observed: { lines: ['-P home/humidity'] },
    verdict: 'fail',
    reason: "Unknown option 'humidity'",
    startedAt: 0,
    durationMs: 0,
  };
  const { id, claim, observed, reason } = maskedRecord(record);
  t.deepEqual([id, claim], [record.id, record.claim]);
  t.deepEqual([observed, reason], [{ lines: ['-P [secret]'] }, "Unknown option '[secret]'"]);
});
