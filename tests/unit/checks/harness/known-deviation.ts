import test from 'ava';
import { NAME_BROKER } from '../../../../checks/harness/deviations.ts';
import { judgedBySoftware } from '../../../../checks/harness/known-deviation.ts';
import type { BrokerSoftware } from '../../../../lab-file/lab.ts';
import type { CheckRecord, Verdict } from '../../../../records/record.ts';

const rabbitmq = (version: string): BrokerSoftware => ({ product: 'rabbitmq', version });
const ALWAYS = 'session.publisher-resend.q1.v311';
const SOMETIMES = 'session.resend.publish-q1.v311';
const UNTIL_4 = 'will.protocol-error.publisher.status.v311';
const NO_WILL = 'a second CONNECT on one connection closes it without its last will, against the standard';
const KNOWN: Readonly<Record<string, string>> = {
  [ALWAYS]: 'the broker had discarded the session',
  [SOMETIMES]: 'the broker resent it with packet id 2, not 1',
  [UNTIL_4]: 'no last will arrived; one was due',
};

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
      ...(verdict === 'fail' ? { reason: KNOWN[id] ?? 'it was seen', advice: 'look' } : {}),
    };
    const judged = judgedBySoftware(record, software);
    t.is(judged.verdict, expected);
    if (expected !== 'deviation') return;
    t.regex(judged.reason ?? '', /\(.*measured.*\): \S/);
    t.true(judged.reason?.endsWith(`: ${KNOWN[id]}`));
    t.is(judged.advice, undefined);
  });
}

test('does not explain by Mosquitto what another broker does', (t) => {
  const record: CheckRecord = {
    ...{ id: 'will.second-connect.publisher.status.v311', family: 'will', claim: '', expected: null, observed: null },
    ...{ verdict: 'fail', reason: NO_WILL, advice: NAME_BROKER, startedAt: 0, durationMs: 0 },
  };
  t.regex(judgedBySoftware(record, rabbitmq('3.10')).reason ?? '', /: a second CONNECT [^;]*$/);
  t.is(judgedBySoftware(record, rabbitmq('3.10')).advice, undefined);
  t.like(judgedBySoftware(record, rabbitmq('4.0')), { reason: NO_WILL, advice: undefined });
  t.is(judgedBySoftware(record, undefined), record);
});
