import type { Topic, User } from '../../lab-file/lab.ts';
import type { QoS, Version } from '../../probes/mqtt/session.ts';
import { type Check, type Finding, idWord } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { nonce } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, hasArrived, limit, observedRoles, onObservedTopic, sentinel } from './observed-topic.ts';
import { noDenialShown, type PublishAnswer, publishAs } from './publication.ts';
import { judgeRight, mayText, type Right, rightOf } from './right.ts';

const LEVELS: readonly QoS[] = [0, 1, 2];

/** A user publishes at every QoS over both versions; where nobody may observe the topic, MQTT 5's reason code has to do. */
export function publishing(testLab: TestLab, { name: topic }: Topic, user: User): Check[] {
  const right = rightOf(testLab.lab, user.name, 'publish', topic);
  const roles = observedRoles(testLab, topic);
  if (roles.kind === 'unobservable') {
    return LEVELS.filter((qos) => qos > 0).map((qos) => byReasonCode(testLab, topic, user, qos, right, roles.why));
  }
  return VERSIONS.flatMap((version) => LEVELS.map((qos) => byEffect(testLab, topic, user, qos, version, right)));
}

function named(topic: string, user: User, qos: QoS, version: Version, right: Right) {
  return {
    id: `acl.publish.${idWord(topic)}.${idWord(user.name)}.q${qos}.${tagOf(version)}`,
    subject: { kind: 'right', user: user.name, topic, right: 'publish' },
    claim: `${user.name} ${mayText(right)} publish to ${topic} at QoS ${qos} ${overOf(version)}`,
    version,
    boundMs: BOUND_MS,
    limit,
  } as const;
}

function byEffect(testLab: TestLab, topic: string, user: User, qos: QoS, version: Version, right: Right): Check {
  return {
    ...named(topic, user, qos, version, right),
    expected: { tookEffect: right === 'allowed', delivered: right === 'allowed' },
    async run() {
      return await onObservedTopic(testLab, topic, async (observed) => {
        const payload = Buffer.from(`publish ${nonce()}`);
        const publication = await publishAs(testLab, user, version, topic, payload, { qos });
        if (publication.notOffered !== undefined) return publication.notOffered;
        const last = await sentinel(testLab, observed);
        const delivered = await hasArrived(observed, payload, right === 'allowed');
        const { answer, packets } = publication;
        return {
          ...(noDenialShown(publication, testLab.brokerKind) ??
            judgeRight(right, delivered, { answer }, testLab.brokerKind)),
          evidence: [
            ...evidence(user.name, ownPackets(packets, [payload])),
            ...evidence(observed.observer.name, ownPackets(observed.seeing.packets, [payload, last])),
          ],
        };
      });
    },
  };
}

/** Where no effect can be seen, MQTT 5's PUBACK or PUBREC tells: Mosquitto denies with 0x87 what its ACL does not grant. */
function byReasonCode(testLab: TestLab, topic: string, user: User, qos: QoS, right: Right, why: string): Check {
  const check = named(topic, user, qos, 5, right);
  return {
    ...check,
    claim: `${check.claim}, by its reason code (${why}, so the effect is unobservable)`,
    expected: { denied: right === 'denied' },
    async run() {
      const payload = Buffer.from(`publish ${nonce()}`);
      const publication = await publishAs(testLab, user, 5, topic, payload, { qos });
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
 * Judges how a publication over MQTT 5 was answered; codes below 0x80, such as 0x10 (no matching subscribers), are acceptance. A broker that is not
 * the lab's may deny by any code, by closing the connection, or without a word.
 */
export function judgeReasonCode(right: Right, answer: PublishAnswer, brokerKind: BrokerKind): Finding {
  const observed = { answer };
  const code = typeof answer === 'object' && answer.kind === 'acknowledged' ? answer.code : undefined;
  const shown = code === undefined ? 'it was not acknowledged' : `code 0x${code.toString(16).padStart(2, '0')}`;
  if (right !== 'denied') {
    return code !== undefined && code < 0x80
      ? { verdict: 'pass', observed }
      : { verdict: 'fail', observed, reason: shown };
  }
  if (brokerKind === 'lab') {
    return code === DENIED
      ? { verdict: 'pass', observed }
      : { verdict: 'fail', observed, reason: `${shown}, not 0x87 (not authorised)` };
  }
  if (code === undefined || code >= 0x80) return { verdict: 'pass', observed };
  return {
    verdict: 'skipped',
    observed,
    reason: 'unobservable: the broker acknowledges, and nobody may see the effect',
  };
}
