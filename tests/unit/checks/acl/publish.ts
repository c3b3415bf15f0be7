import test from 'ava';
import { judgeReasonCode } from '../../../../checks/acl/publish.ts';
import type { PublishOutcome } from '../../../../probes/mqtt/session.ts';
import type { Verdict } from '../../../../records/record.ts';

const acknowledged = (code: number): PublishOutcome => ({ kind: 'acknowledged', code });

/** [how a publication over MQTT 5 came out; verdict where the user may publish; where not] */
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
  test(`a right by reason code: ${JSON.stringify(outcome)}`, (t) => {
    for (const brokerKind of ['lab', 'external'] as const) {
      t.is(judgeReasonCode('allowed', outcome, brokerKind).verdict, allowed);
      t.is(judgeReasonCode('widened', outcome, brokerKind).verdict, allowed);
    }
    t.is(judgeReasonCode('denied', outcome, 'lab').verdict, denied);
    t.is(judgeReasonCode('denied', outcome, 'external').verdict, deniedThere);
  });
}
