import test from 'ava';
import { Secret } from '../../../../base/secret.ts';
import type { CheckFamily } from '../../../../checks/harness/check-family.ts';
import { maskedRecord, openLabChecks } from '../../../../checks/run/lab-checks.ts';
import type { CheckRecord } from '../../../../records/record.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';
import { liveBrokerAt } from '../../_live.ts';

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

/** More denials than a run takes, and a right. */
const large: CheckFamily = () => {
  const check = { claim: 'a claim', expected: 1, boundMs: 10_000, run: async () => PASSED };
  const denials = Array.from({ length: 1_100 }, (_, index) => ({
    ...{ ...check, id: `acl.denied.${index}` as const },
    factors: [{ user: index % 10, topic: Math.floor(index / 10) % 10 }],
  }));
  return [...denials, { ...check, id: 'acl.allowed' }];
};
const PASSED = { verdict: 'pass', observed: 1 } as const;

test('a planned denial whose turn comes when the time is nearly up is inconclusive, a right still runs', async (t) => {
  const host = { kind: 'local' } as const;
  const broker = liveBrokerAt({ address: '127.0.0.1', port: 1 }, { host, version: '2.0.11' });
  const live = { lab: labOf(TWO_USERS), broker, pis: [] };
  const end = new AbortController();
  for (const [isLate, verdict] of [
    [true, 'inconclusive'],
    [false, 'pass'],
  ] as const) {
    const options = { families: { large }, seed: 1, stopped: end.signal, isLate: () => isLate };
    const { checks, run, close } = await openLabChecks(live, options);
    const records = await Promise.all(checks.map(run));
    await close(1_000);
    const verdicts = new Map(records.map((record) => [record.id, record.verdict]));
    t.is(verdicts.get('acl.allowed'), 'pass');
    verdicts.delete('acl.allowed');
    t.deepEqual([...new Set(verdicts.values())], [verdict]);
  }
});
