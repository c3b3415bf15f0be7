import test from 'ava';
import { families } from '../../../../checks/families.ts';
import { runCheck } from '../../../../checks/harness/check.ts';
import {
  lessGranted,
  longestPayload,
  type Requirements,
  whyUnsupported,
} from '../../../../checks/harness/requirements.ts';
import { openTestLab } from '../../../../checks/harness/test-lab.ts';
import type { LiveLab } from '../../../../deployment/live-lab.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';
import { liveBrokerAt } from '../../_live.ts';

const TOPICS = 'topics: { door: { publish: [sam], subscribe: [alice], lastWill: [sam, alice] } }\n';
const HOST = { kind: 'local' } as const;

function testLabWith(options: string, announced: readonly string[] = []) {
  const lab = labOf(`${TWO_USERS}${TOPICS}broker: { host: local, options: {${options}} }\n`);
  const host = announced.length > 0 ? undefined : HOST;
  const live: LiveLab = { lab, broker: liveBrokerAt({ address: '127.0.0.1', port: 1 }, { host }), pis: [] };
  return openTestLab(live, new AbortController().signal, { announced });
}

/** [broker.options; required features; why they are unsupported] */
const options: readonly (readonly [options: string, Requirements, why: RegExp | undefined])[] = [
  ['', { retained: true, qos: 2, queued: 4, dropsQoS0: true, neverRaisesQoS: true }, undefined],
  ['retain_available: false', { retained: true }, /retain_available: false/],
  ['retain_available: false', { qos: 2, queued: 4 }, undefined],
  ['max_queued_messages: 3', { queued: 4 }, /to 3 messages \(max_queued_messages\)/],
  ['max_queued_messages: 0', { queued: 4 }, undefined],
  ['queue_qos0_messages: true', { dropsQoS0: true }, /queue_qos0_messages/],
  ['upgrade_outgoing_qos: true', { neverRaisesQoS: true }, /upgrade_outgoing_qos/],
];

for (const [given, need, why] of options) {
  test(`with ${given || 'no options'}, ${JSON.stringify(need)} is ${why === undefined ? '' : 'un'}supported`, (t) => {
    const reason = whyUnsupported(testLabWith(given), need);
    if (why === undefined) t.is(reason, undefined);
    else t.regex(reason ?? '', why);
  });
}

/** [property in an external broker's CONNACK; required features; why they are unsupported] */
const announcements: readonly (readonly [announced: string, Requirements, why: string | undefined])[] = [
  ['retainAvailable false', { retained: true }, 'the broker announces retainAvailable false'],
  ['retainAvailable true', { retained: true }, undefined],
  ['maximumQoS 1', { qos: 2 }, 'the broker announces maximumQoS 1'],
  ['maximumQoS 1', { qos: 1 }, undefined],
  ['topicAliasMaximum 10', { retained: true, qos: 2 }, undefined],
];

for (const [announced, need, why] of announcements) {
  test(`with an announced ${announced}, ${JSON.stringify(need)} is ${why === undefined ? '' : 'un'}supported`, (t) => {
    // broker.options apply only to the lab's own broker
    t.is(whyUnsupported(testLabWith('retain_available: false', [announced]), need), why);
  });
}

/** [broker.options; ids of checks that it disables] */
const disabled: readonly (readonly [options: string, ids: RegExp])[] = [
  ['retain_available: false', /^(retained|will\.retained)\./],
  ['max_queued_messages: 2', /^session\.(offline\.q[12]|resend\.publish-q1|takeover)\./],
];

for (const [given, ids] of disabled) {
  test(`skips checks that ${given} disables, with the reason`, async (t) => {
    const testLab = testLabWith(given);
    const checks = Object.values(families).flatMap((plan) => plan(testLab).filter(({ id }) => ids.test(id)));
    t.true(checks.length > 0);
    for (const check of checks) {
      const { verdict, reason = '' } = await runCheck(check);
      t.is(verdict, 'skipped', check.id);
      t.regex(reason, /retain_available: false|no QoS above 1|to 2 messages/, check.id);
    }
  });
}

test('a broker of the lab must grant every QoS; what an external one does not grant is not shown', (t) => {
  const verdicts = (granted: number) =>
    (['lab', 'external'] as const).map((brokerKind) => lessGranted({ brokerKind }, granted, 1)?.verdict);
  t.deepEqual(verdicts(0), ['fail', 'skipped']);
  t.deepEqual(verdicts(1), [undefined, undefined]);
  t.deepEqual(verdicts(0x80), ['fail', 'fail']);
});

test('finds the limit of payloads in broker.options, and in the announcement of an external broker', (t) => {
  t.is(longestPayload(testLabWith(''), 'door'), undefined);
  t.is(longestPayload(testLabWith('message_size_limit: 20000'), 'door'), 20_000);
  t.is(longestPayload(testLabWith('max_packet_size: 20000'), 'door'), 20_000 - 10 - 4);
  t.is(longestPayload(testLabWith('', ['maximumPacketSize 20000']), 'door'), 20_000 - 10 - 4);
  t.is(longestPayload(testLabWith('', ['maximumQoS 1']), 'door'), undefined);
});
