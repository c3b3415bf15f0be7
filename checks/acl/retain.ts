import { ignoreFailure } from '../../base/errors.ts';
import type { Topic, User } from '../../lab-file/lab.ts';
import type { RetainedRoles } from '../fixtures/retained-read.ts';
import { retainedLimit, withRetainedRestored } from '../fixtures/retained-topic.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { nonce } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { whyUnsupported } from '../harness/requirements.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, observedRoles } from './observed-topic.ts';
import { noDenialShown, publishAs } from './publication.ts';
import { retain, settledRetained } from './retained-message.ts';
import { type AclCase, denialFactors, judgeRight, mayText, rightOf } from './right.ts';

type Change = 'set' | 'clear';
const CHANGES: readonly Change[] = ['set', 'clear'];
const STATEMENTS = {
  set: { 4: 'MQTT-3.3.1-5', 5: 'MQTT-3.3.1-5' },
  clear: { 4: 'MQTT-3.3.1-10', 5: 'MQTT-3.3.1-6' },
} as const;
const NOTHING = Buffer.alloc(0);

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
        ...denialFactors({ topic, user, version, right }, 'retain', { change }),
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

async function changeRetained(aclCase: AclCase, change: Change, clients: RetainedRoles): Promise<Finding> {
  const { testLab, topic, user, version, right } = aclCase;
  const before = Buffer.from(`retained before ${nonce()}`);
  if (!(await retain(testLab, topic, clients, before)).equals(before)) {
    const reason = `nothing is proved: the broker does not retain what ${clients.writer.name} publishes with RETAIN`;
    return { verdict: 'fail', observed: { retained: false }, reason };
  }
  const payload = change === 'set' ? Buffer.from(`retained ${nonce()}`) : NOTHING;
  const publication = await publishAs(testLab, { version, topic, qos: 1, retain: true, user, payload });
  const { answer, packets } = publication;
  // a user without the right to publish may have the right to leave a last will
  const will = change === 'set' && right === 'denied' ? await leaveRetainedWill(aclCase) : undefined;
  const expected = { allowed: [payload], widened: [payload, before], denied: [before] }[right];
  const retained = await settledRetained(testLab, topic, clients, expected);
  const tookEffect = retained.equals(payload) || will?.equals(retained) === true;
  const judged =
    noDenialShown(publication, testLab.brokerKind) ??
    judgeRight(right, { tookEffect, observed: { answer } }, testLab.brokerKind);
  const found = { ...judged, evidence: evidence(user.name, ownPackets(packets, [payload])) };
  if (tookEffect || retained.equals(before)) return found;
  return { ...found, verdict: 'fail', reason: 'the broker retains neither the earlier message nor the new one' };
}

/** Tries to set the retained message by a last will with RETAIN; an external broker may refuse the CONNECT for it. */
async function leaveRetainedWill({ testLab, topic, user, version }: AclCase): Promise<Buffer> {
  const payload = Buffer.from(`retained will ${nonce()}`);
  const will = { topic, payload, qos: 1, retain: true } as const;
  const owner = await ignoreFailure(testLab.raw(user, { version, will }));
  await owner?.fin();
  return payload;
}
