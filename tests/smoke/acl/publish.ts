import type { PublishOutcome, QoS, Version } from '../../../probes/session.ts';
import type { Topic, User } from '../../../provisioning/lab-file/lab.ts';
import { type Check, type Finding, word } from '../support/check.ts';
import { evidence, ownPackets } from '../support/evidence.ts';
import { judgeRight, mayText, type Right, rightOf } from '../support/right.ts';
import { tooHigh } from '../support/too-high.ts';
import { nonce, type World } from '../support/world.ts';
import { BOUND_MS, castOf, hasArrived, over, publishAs, sentinel, stageOf, tag, turns, VERSIONS } from './stage.ts';

const LEVELS: readonly QoS[] = [0, 1, 2];

/** A user publishes at every QoS over both versions; where nobody may observe the topic, MQTT 5's reason code has to do. */
export function publishing(world: World, { name: topic }: Topic, user: User): Check[] {
  const right = rightOf(world.lab, user.name, 'publish', topic);
  const cast = castOf(world, topic);
  if (cast.kind === 'unobservable') {
    return LEVELS.filter((qos) => qos > 0).map((qos) => byReasonCode(world, topic, user, qos, right, cast.why));
  }
  return VERSIONS.flatMap((version) => LEVELS.map((qos) => byEffect(world, topic, user, qos, version, right)));
}

function named(topic: string, user: User, qos: QoS, version: Version, right: Right) {
  return {
    id: `acl.publish.${word(topic)}.${word(user.name)}.q${qos}.${tag(version)}`,
    claim: `${user.name} ${mayText(right)} publish to ${topic} at QoS ${qos} ${over(version)}`,
    version,
    boundMs: BOUND_MS,
    turns,
  } as const;
}

function byEffect(world: World, topic: string, user: User, qos: QoS, version: Version, right: Right): Check {
  return {
    ...named(topic, user, qos, version, right),
    expected: { delivered: right === 'allowed' },
    async run() {
      const stage = await stageOf(world, topic);
      const payload = Buffer.from(`publish ${nonce()}`);
      const { answer, packets } = await publishAs(world, user, version, topic, payload, { qos });
      const short = tooHigh(world, { packets }, qos);
      if (short !== undefined) return short;
      const last = await sentinel(stage);
      const delivered = await hasArrived(stage, payload, right === 'allowed');
      return {
        ...judgeRight(right, delivered, { answer }, world.isOurs),
        evidence: [
          ...evidence(user.name, ownPackets(packets, [payload])),
          ...evidence(stage.observer.name, ownPackets(stage.seeing.packets, [payload, last])),
        ],
      };
    },
  };
}

/** Where no effect can be seen, MQTT 5's PUBACK or PUBREC tells: Mosquitto denies with 0x87 what its ACL does not grant. */
function byReasonCode(world: World, topic: string, user: User, qos: QoS, right: Right, why: string): Check {
  const check = named(topic, user, qos, 5, right);
  return {
    ...check,
    claim: `${check.claim}, by its reason code (${why}, so the effect is unobservable)`,
    expected: { denied: right === 'denied' },
    async run() {
      const payload = Buffer.from(`publish ${nonce()}`);
      const { answer, packets } = await publishAs(world, user, 5, topic, payload, { qos });
      const short = tooHigh(world, { packets }, qos);
      if (short !== undefined) return short;
      return { ...judgeReasonCode(right, answer), evidence: evidence(user.name, ownPackets(packets, [payload])) };
    },
  };
}

/** Not authorised, MQTT 5 table 3-4. */
const DENIED = 0x87;

/** Judges how a publication over MQTT 5 was answered; other codes below 0x80, such as 0x10 (no matching subscribers), are acceptance. */
export function judgeReasonCode(right: Right, answer: PublishOutcome | 'nothing'): Finding {
  const observed = answer;
  if (answer === 'nothing' || answer.kind !== 'acknowledged') {
    // the connection may be closed in place of an answer
    if (right === 'denied') return { verdict: 'pass', observed };
    return { verdict: 'fail', observed, reason: 'it was not acknowledged' };
  }
  const { code } = answer;
  const shown = `0x${code.toString(16).padStart(2, '0')}`;
  if (right !== 'denied') {
    return code < 0x80 ? { verdict: 'pass', observed } : { verdict: 'fail', observed, reason: `code ${shown}` };
  }
  if (code === DENIED) return { verdict: 'pass', observed };
  return { verdict: 'fail', observed, reason: `code ${shown}, not 0x87 (not authorised)` };
}
