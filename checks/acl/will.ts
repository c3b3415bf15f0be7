import { LabError } from '../../base/errors.ts';
import type { Topic, User } from '../../lab-file/lab.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { nonce } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import {
  BOUND_MS,
  hasArrived,
  limit,
  type ObservedTopic,
  observedRoles,
  onObservedTopic,
  sentinel,
} from './observed-topic.ts';
import { judgeRight, mayText, type Right, rightOf } from './right.ts';

/** A user with a last will on the topic is lost. */
export function leavingAWill(testLab: TestLab, { name: topic }: Topic, user: User): Check[] {
  const right = rightOf(testLab.lab, user.name, 'lastWill', topic);
  const roles = observedRoles(testLab, topic);
  return VERSIONS.map((version) => {
    const named = {
      id: `acl.will.${idWord(topic)}.${idWord(user.name)}.${tagOf(version)}`,
      subject: { kind: 'right', user: user.name, topic, right: 'will' },
      claim: `${user.name} ${mayText(right)} leave a last will on ${topic} ${overOf(version)}`,
    } as const;
    if (roles.kind === 'unobservable') return notApplicable(named, `unobservable: ${roles.why}`);
    return { ...named, ...lost(testLab, topic, user, version, right) };
  });
}

function lost(
  testLab: TestLab,
  topic: string,
  user: User,
  version: Version,
  right: Right,
): Omit<Check, 'id' | 'claim'> {
  return {
    // a will that is denied is beyond the standard
    ...(right === 'allowed' ? { statement: 'MQTT-3.1.2-8' } : {}),
    expected: { tookEffect: right === 'allowed', delivered: right === 'allowed' },
    version,
    boundMs: BOUND_MS,
    limit,
    run: () => onObservedTopic(testLab, topic, (observed) => loseOwner(testLab, observed, user, version, right)),
  };
}

async function loseOwner(
  testLab: TestLab,
  observed: ObservedTopic,
  user: User,
  version: Version,
  right: Right,
): Promise<Finding> {
  const { topic } = observed;
  const payload = Buffer.from(`will ${nonce()}`);
  const will = { topic, payload, qos: 1, retain: false } as const;
  const client = await testLab.raw(user, { version, will }).catch(unlessRefused(testLab.brokerKind));
  await client?.fin();
  // it was refused for its will, or else this is refused too
  if (client === undefined) await (await testLab.raw(user, { version })).disconnect();
  // a connection that is made after the loss: when its message comes, the broker has dealt with the loss
  await using later = await testLab.raw(observed.publisher);
  const last = await sentinel(testLab, { ...observed, sending: later });
  const delivered = await hasArrived(observed, payload, right === 'allowed');
  return {
    ...judgeRight(right, delivered, { connected: client !== undefined }, testLab.brokerKind),
    evidence: [
      ...evidence(user.name, client?.packets ?? []),
      ...evidence(observed.observer.name, ownPackets(observed.seeing.packets, [payload, last])),
    ],
  };
}

/** Mosquitto lets everybody in and drops the will later; another broker may refuse a CONNECT with a will that it would not publish. */
function unlessRefused(brokerKind: BrokerKind): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof LabError && brokerKind === 'external') return undefined;
    throw error;
  };
}
