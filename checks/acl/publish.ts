import type { Topic, User } from '../../lab-file/lab.ts';
import type { QoS } from '../../probes/mqtt/session.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { nonce } from '../harness/messages.ts';
import { overOf, QOS_LEVELS, tagOf, VERSIONS } from '../harness/protocol.ts';
import { whyUnsupported } from '../harness/requirements.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, hasArrived, limit, observedRoles, onObservedTopic, sentinel } from './observed-topic.ts';
import { noDenialShown, type PublishAnswer, publishAs } from './publication.ts';
import { type AclCase, denialFactors, judgeRight, mayText, type Right, rightOf } from './right.ts';

/** A user publishes at every QoS over both versions. Where no user may observe the topic, MQTT 5's reason code must do. */
export function publishing(testLab: TestLab, { name: topic }: Topic, user: User): Check[] {
  const right = rightOf(testLab.lab, user.name, 'publish', topic);
  const roles = observedRoles(testLab, topic);
  const common = { testLab, topic, user, right };
  if (roles.kind === 'unobservable') {
    const levels = QOS_LEVELS.filter((qos) => qos > 0);
    return levels.map((qos) => byReasonCode({ ...common, version: 5 }, qos, roles.why));
  }
  return VERSIONS.flatMap((version) => QOS_LEVELS.map((qos) => byEffect({ ...common, version }, qos)));
}

function named(aclCase: AclCase, qos: QoS) {
  const { topic, user, version, right } = aclCase;
  return {
    ...denialFactors(aclCase, 'publish', { qos }),
    id: `acl.publish.${idWord(topic)}.${idWord(user.name)}.q${qos}.${tagOf(version)}`,
    subject: { kind: 'right', user: user.name, topic, right: 'publish' },
    claim: `${user.name} ${mayText(right)} publish to ${topic} at QoS ${qos} ${overOf(version)}`,
    version,
    boundMs: BOUND_MS,
    limit,
  } as const;
}

function byEffect(aclCase: AclCase, qos: QoS): Check {
  const { testLab, topic, user, version, right } = aclCase;
  const why = whyUnsupported(testLab, { qos });
  if (why !== undefined) return notApplicable(named(aclCase, qos), why);
  return {
    ...named(aclCase, qos),
    expected: { tookEffect: right === 'allowed' },
    run: () =>
      onObservedTopic(testLab, topic, async (observed) => {
        const payload = Buffer.from(`publish ${nonce()}`);
        const publication = await publishAs(testLab, { user, version, topic, payload, qos });
        if (publication.notOffered !== undefined) return publication.notOffered;
        const last = await sentinel(testLab, observed);
        const tookEffect = await hasArrived(observed, payload, { isDue: right === 'allowed' });
        const { answer, packets } = publication;
        return {
          ...(noDenialShown(publication, testLab.brokerKind) ??
            judgeRight(right, { tookEffect, observed: { answer } }, testLab.brokerKind)),
          evidence: [
            ...evidence(user.name, ownPackets(packets, [payload])),
            ...evidence(observed.observer.name, ownPackets(observed.seeing.packets, [payload, last])),
          ],
        };
      }),
  };
}

/** By MQTT 5's PUBACK or PUBREC: Mosquitto denies with 0x87 what its ACL does not grant. */
function byReasonCode(aclCase: AclCase, qos: QoS, why: string): Check {
  const { testLab, topic, user, version, right } = aclCase;
  const check = named(aclCase, qos);
  const unsupported = whyUnsupported(testLab, { qos });
  if (unsupported !== undefined) return notApplicable(check, unsupported);
  return {
    ...check,
    claim: `${check.claim}, by the broker's reason code (${why}, so no client can see the effect)`,
    expected: { denied: right === 'denied' },
    async run() {
      const payload = Buffer.from(`publish ${nonce()}`);
      const publication = await publishAs(testLab, { user, version, topic, payload, qos });
      if (publication.notOffered !== undefined) return publication.notOffered;
      const judged =
        noDenialShown(publication, testLab.brokerKind) ??
        judgeReasonCode(right, publication.answer, testLab.brokerKind);
      return { ...judged, evidence: evidence(user.name, ownPackets(publication.packets, [payload])) };
    },
  };
}

/** Not authorised, MQTT 5 table 3-4. */
const DENIED = 0x87;

/**
 * Judges the answer to a publication over MQTT 5. Codes below 0x80, such as 0x10 (no matching subscribers), are
 * acceptance. An external broker may deny by any code, by closing the connection, or without an answer.
 */
export function judgeReasonCode(right: Right, answer: PublishAnswer, brokerKind: BrokerKind): Finding {
  const observed = { answer };
  const code = typeof answer === 'object' && answer.kind === 'acknowledged' ? answer.code : undefined;
  const isAccepted = code !== undefined && code < 0x80;
  const seen =
    code === undefined
      ? 'the broker did not acknowledge'
      : `the broker answered with code 0x${code.toString(16).padStart(2, '0')}`;
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (right !== 'denied') return isAccepted ? { verdict: 'pass', observed } : fail(seen);
  if (brokerKind === 'lab') {
    return code === DENIED ? { verdict: 'pass', observed } : fail(`${seen}, not with 0x87 (not authorised)`);
  }
  if (!isAccepted) return { verdict: 'pass', observed };
  const reason = 'the external broker acknowledges the message, and no client can see whether it takes effect';
  return { verdict: 'skipped', observed, reason };
}
