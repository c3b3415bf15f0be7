import test from 'ava';
import { UNKNOWN_BROKER } from '../../../../checks/harness/deviations.ts';
import { judgedBySoftware } from '../../../../checks/harness/known-deviation.ts';
import type { BrokerSoftware } from '../../../../lab-file/lab.ts';
import type { CheckRecord, Verdict } from '../../../../records/record.ts';

const rabbitmq = (version: string): BrokerSoftware => ({ product: 'rabbitmq', version });
const ALWAYS = 'session.publisher-resend.q1.v311';
const SOMETIMES = 'session.resend.publish-q1.v311';
const UNTIL_4 = 'will.second-connect.publisher.status.v311';

/** [id of the check; its verdict; the software; the verdict with that] */
const rows: readonly (readonly [CheckRecord['id'], Verdict, BrokerSoftware | undefined, Verdict])[] = [
  [ALWAYS, 'fail', rabbitmq('3.10'), 'deviation'],
  [ALWAYS, 'pass', rabbitmq('3.10'), 'fail'],
  [ALWAYS, 'skipped', rabbitmq('3.10'), 'skipped'],
  [ALWAYS, 'inconclusive', rabbitmq('3.10'), 'inconclusive'],
  [ALWAYS, 'fail', undefined, 'fail'],
  [ALWAYS, 'fail', { product: 'mosquitto', version: '2.0.11' }, 'fail'],
  [SOMETIMES, 'fail', rabbitmq('4.0'), 'deviation'],
  [SOMETIMES, 'pass', rabbitmq('4.0'), 'pass'],
  [UNTIL_4, 'fail', rabbitmq('3.10.8'), 'deviation'],
  [UNTIL_4, 'fail', rabbitmq('4.0'), 'fail'],
  [UNTIL_4, 'pass', rabbitmq('4.0'), 'pass'],
  ['acl.publish.status.sam.q0.v311', 'fail', rabbitmq('3.10'), 'fail'],
];

for (const [id, verdict, software, expected] of rows) {
  test(`on ${software?.product} ${software?.version}, ${verdict} of ${id} is ${expected}`, (t) => {
    const record: CheckRecord = {
      ...{ id, family: 'session', claim: '', verdict, expected: null, observed: null, startedAt: 0, durationMs: 0 },
      ...(verdict === 'fail' ? { reason: 'it was seen', advice: 'look' } : {}),
    };
    const judged = judgedBySoftware(record, software);
    t.is(judged.verdict, expected);
    if (expected !== 'deviation') return;
    t.regex(judged.reason ?? '', /\(.*measured.*\): it was seen$/);
    t.is(judged.advice, undefined);
  });
}

test('takes a failure for a deviation only where its reason is the known one', (t) => {
  const verdictFor = (reason: string) =>
    judgedBySoftware(
      {
        ...{ id: 'retained.served.v5', family: 'retained', claim: '', expected: null, observed: null },
        ...{ verdict: 'fail', reason, startedAt: 0, durationMs: 0 },
      },
      { product: 'ejabberd', version: '23.01' },
    ).verdict;
  t.is(verdictFor('an established subscription received 2 copies'), 'deviation');
  t.is(verdictFor('an established subscription received 0 copies'), 'fail');
});

test('does not explain by Mosquitto what another broker does', (t) => {
  const record: CheckRecord = {
    ...{ id: 'will.second-connect.publisher.status.v311', family: 'will', claim: '', expected: null, observed: null },
    ...{ verdict: 'fail', reason: `no last will; ${UNKNOWN_BROKER}`, startedAt: 0, durationMs: 0 },
  };
  t.regex(judgedBySoftware(record, rabbitmq('3.10')).reason ?? '', /: no last will$/);
  t.is(judgedBySoftware(record, rabbitmq('4.0')).reason, 'no last will');
  t.is(judgedBySoftware(record, undefined).reason, record.reason);
});
