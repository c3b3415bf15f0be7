import type { Topic, User } from '../../lab-file/lab.ts';
import { type RetainedRoles, retainedOn } from '../fixtures/retained-read.ts';
import { retainedLimit, withRetainedRestored } from '../fixtures/retained-topic.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { nonce } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { whyUnsupported } from '../harness/requirements.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, observedRoles } from './observed-topic.ts';
import { noDenialShown, publishAs } from './publication.ts';
import { type AclCase, judgeRight, mayText, rightOf } from './right.ts';

type Change = 'set' | 'clear';
const CHANGES: readonly Change[] = ['set', 'clear'];
const STATEMENTS = {
  set: { 4: 'MQTT-3.3.1-5', 5: 'MQTT-3.3.1-5' },
  clear: { 4: 'MQTT-3.3.1-10', 5: 'MQTT-3.3.1-6' },
} as const;
const NOTHING = Buffer.alloc(0);
const SETTLE_MS = 5_000;

/** A user sets and clears the retained message of the topic. The check restores the message that was there before. */
export function retaining(testLab: TestLab, { name: topic }: Topic, user: User): Check[] {
  const right = rightOf(testLab.lab, user.name, 'publish', topic);
  const roles = observedRoles(testLab, topic);
  const why = whyUnsupported(testLab, { retained: true, qos: 1 });
  return VERSIONS.flatMap((version) =>
    CHANGES.map((change): Check => {
      const named = {
        id: `acl.retain-${change}.${idWord(topic)}.${idWord(user.name)}.${tagOf(version)}`,
        subject: { kind: 'right', user: user.name, topic, right: `retain-${change}` },
        claim: `${user.name} ${mayText(right)} ${change} the retained message of ${topic} ${overOf(version)}`,
      } as const;
      if (roles.kind === 'unobservable') return notApplicable(named, `no client can see the effect: ${roles.why}`);
      if (why !== undefined) return notApplicable(named, why);
      const clients = { writer: roles.publisher, reader: roles.observer };
      return {
        ...named,
        // the standard does not know a denied message
        ...(right === 'allowed' ? { statement: STATEMENTS[change][version] } : {}),
        expected: { tookEffect: right === 'allowed' },
        version,
        boundMs: 2 * BOUND_MS,
        limit: retainedLimit(testLab, topic),
        run: () =>
          withRetainedRestored(testLab, topic, clients, () =>
            changeRetained({ testLab, topic, user, version, right }, change, clients),
          ),
      };
    }),
  );
}

async function changeRetained(aclCase: AclCase, change: Change, { writer, reader }: RetainedRoles): Promise<Finding> {
  const { testLab, topic, user, version, right } = aclCase;
  const publish = { version, topic, qos: 1, retain: true } as const;
  const before = Buffer.from(`retained before ${nonce()}`);
  const read = async () => (await retainedOn(testLab, topic, reader))?.payload ?? NOTHING;
  const settleMs = testLab.brokerKind === 'lab' ? 0 : SETTLE_MS;
  await publishAs(testLab, { ...publish, user: writer, payload: before });
  if (!(await settled(read, [before], settleMs)).equals(before)) {
    const reason = `nothing is proved: the broker does not retain what ${writer.name} publishes with RETAIN`;
    return { verdict: 'fail', observed: { retained: false }, reason };
  }
  const payload = change === 'set' ? Buffer.from(`retained ${nonce()}`) : NOTHING;
  const publication = await publishAs(testLab, { ...publish, user, payload });
  const { answer, packets } = publication;
  const expected = { allowed: [payload], widened: [payload, before], denied: [before] }[right];
  const retained = await settled(read, expected, settleMs);
  const tookEffect = retained.equals(payload);
  const judged =
    noDenialShown(publication, testLab.brokerKind) ??
    judgeRight(right, { tookEffect, observed: { answer } }, testLab.brokerKind);
  const found = { ...judged, evidence: evidence(user.name, ownPackets(packets, [payload])) };
  if (tookEffect || retained.equals(before)) return found;
  return { ...found, verdict: 'fail', reason: 'the broker retains neither the earlier message nor the new one' };
}

/** Mosquitto changes the retained message before it acknowledges; an external broker may take longer. */
async function settled(read: () => Promise<Buffer>, expected: readonly Buffer[], boundMs: number): Promise<Buffer> {
  const until = performance.now() + boundMs;
  for (;;) {
    const seen = await read();
    if (expected.some((payload) => payload.equals(seen)) || performance.now() >= until) return seen;
  }
}
