import test from 'ava';
import { judgeReasonCode } from '../../../../checks/acl/publish.ts';
import type { PublishOutcome } from '../../../../probes/mqtt/session.ts';
import type { Verdict } from '../../../../records/record.ts';

const acknowledged = (code: number): PublishOutcome => ({ kind: 'acknowledged', code });

/** [answer to a publication over MQTT 5; verdict where the user may publish; where not, on the lab's broker; on an external one] */
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
  test(`judges the answer to a publication: ${JSON.stringify(outcome)}`, (t) => {
    for (const brokerKind of ['lab', 'external'] as const) {
      t.is(judgeReasonCode('allowed', outcome, brokerKind).verdict, allowed);
      t.is(judgeReasonCode('widened', outcome, brokerKind).verdict, allowed);
    }
    t.is(judgeReasonCode('denied', outcome, 'lab').verdict, denied);
    t.is(judgeReasonCode('denied', outcome, 'external').verdict, deniedThere);
  });
}
