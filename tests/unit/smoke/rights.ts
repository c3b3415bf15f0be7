import test from 'ava';
import type { PublishOutcome } from '../../../probes/session.ts';
import { judgeReasonCode } from '../../smoke/acl.ts';
import { hostBoundMs } from '../../smoke/auth.ts';

const acknowledged = (code: number): PublishOutcome => ({ kind: 'acknowledged', code });

/** [how a publication over MQTT 5 came out; verdict where the user may publish; where not] */
const rows: readonly (readonly [PublishOutcome, allowed: 'pass' | 'fail', denied: 'pass' | 'fail'])[] = [
  [acknowledged(0x00), 'pass', 'fail'],
  [acknowledged(0x10), 'pass', 'fail'],
  [acknowledged(0x87), 'fail', 'pass'],
  [acknowledged(0x80), 'fail', 'fail'],
  [{ kind: 'closed', reason: 'x' }, 'fail', 'fail'],
];

for (const [outcome, allowed, denied] of rows) {
  test(`a right by reason code: ${JSON.stringify(outcome)}`, (t) => {
    t.is(judgeReasonCode(true, outcome).verdict, allowed);
    t.is(judgeReasonCode(false, outcome).verdict, denied);
  });
}

test('the bound on the logins of a host grows with their number', (t) => {
  t.is(hostBoundMs(0), 30_000);
  t.is(hostBoundMs(604), 634_000);
});
