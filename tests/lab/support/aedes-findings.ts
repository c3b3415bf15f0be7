import type { ExecutionContext } from 'ava';
import { openAedes, type Rights, type Style } from './aedes.ts';
import { verifyExternal } from './external.ts';
import { type Known, surprises } from './known.ts';

export const RIGHTS: Rights = {
  users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
  topics: {
    status: { publish: ['sam'], subscribe: ['alice'], lastWill: ['sam', 'alice'] },
    test: { publish: ['sam'], subscribe: ['alice'] },
  },
};
export const VERIFY_MS = 120_000;

/** Where aedes 1.2.0 breaks the standard, by what its source says; everything else passes or is skipped. */
const KNOWN: readonly Known[] = [
  // no Session Present for a session without subscriptions, although the session exists [MQTT-3.2.2-2]
  [/^session\.publisher-resend\.(q1|q2|pubrel)\.v311$/, 'always'],
  // what it sends again has no DUP flag [MQTT-3.3.1-1]
  [/^session\.resend\.publish-q[12]\.v311$/, 'always'],
  // it sends the PUBLISH again after its PUBREL [MQTT-4.3.3-1], since it confuses the exchanges of one client with each other
  [/^session\.resend\.pubrel\.v311$/, 'sometimes'],
  // it delivers queued and new messages at the same time, so a later message may come first [MQTT-4.6.0-6]
  [/^session\.offline\.q[12]\.v311$/, 'sometimes'],
  // a persistent client to whom messages come as its session returns is cut off: `no such packet` in aedes, and they wait for its next connection
  [/^session\.takeover\.v311$/, 'sometimes'],
];

/** Of checks that would not apply to an external broker of MQTT 5, or without a Pi, either. */
const OTHER_REASONS = ['lab.yaml declares no Pi', 'an external broker sets its own limit'];

/** Real findings only, and of MQTT 5 and of a Pi nothing but why they were skipped. */
export async function findsWhatIsBroken(t: ExecutionContext, style: Style): Promise<void> {
  await using broker = await openAedes(RIGHTS, style);
  const verified = await verifyExternal(RIGHTS, broker.port, ['--quick'], VERIFY_MS);
  const tried = verified.checks.filter(({ verdict }) => verdict !== 'skipped').map(({ id }) => id);
  const found = Object.keys(verified.findings);
  t.deepEqual(surprises(found, tried, KNOWN), { unexpected: [], missing: [] }, verified.output);
  t.is(verified.counts.deviation, 0);
  t.is(verified.code, 1);
  t.true(tried.length > 60);
  t.is(verified.skipped('install.message'), 'the lab never logs in to the host of an external broker');
  t.is(verified.skipped('will.killed.publisher.status'), 'lab.yaml declares no Pi');
  const v5 = verified.checks.filter(({ id }) => id.split('.').includes('v5'));
  t.true(v5.length > 60);
  const reasons = new Set(v5.map(({ id }) => verified.skipped(id) ?? id));
  t.deepEqual(
    [...reasons].filter((reason) => !OTHER_REASONS.includes(reason)),
    ['the broker does not speak MQTT 5'],
  );
  t.is(verified.counts.skipped, verified.checks.length - tried.length);
}
