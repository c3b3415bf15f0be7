import { LabError } from '../../base/errors.ts';
import type { Topic, User } from '../../lab-file/lab.ts';
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
import { type AclCase, denialFactors, judgeRight, mayText, rightOf } from './right.ts';

/** A user with a last will on the topic loses the connection. */
export function leavingAWill(testLab: TestLab, { name: topic }: Topic, user: User): Check[] {
  const right = rightOf(testLab.lab, user.name, 'lastWill', topic);
  const roles = observedRoles(testLab, topic);
  return VERSIONS.map((version): Check => {
    const named = {
      id: `acl.will.${idWord(topic)}.${idWord(user.name)}.${tagOf(version)}`,
      subject: { kind: 'right', user: user.name, topic, right: 'will' },
      claim: `${user.name} ${mayText(right)} leave a last will on ${topic} ${overOf(version)}`,
    } as const;
    if (roles.kind === 'unobservable') return notApplicable(named, `no client can see the effect: ${roles.why}`);
    return {
      ...named,
      // the standard does not know a denied will
      ...(right === 'allowed' ? { statement: 'MQTT-3.1.2-8' } : {}),
      expected: { tookEffect: right === 'allowed' },
      ...denialFactors({ topic, user, version, right }, 'lastWill'),
      version,
      boundMs: BOUND_MS,
      limit,
      run: () =>
        onObservedTopic(testLab, topic, (observed) => loseOwner({ testLab, topic, user, version, right }, observed)),
    };
  });
}

async function loseOwner({ testLab, topic, user, version, right }: AclCase, observed: ObservedTopic): Promise<Finding> {
  const payload = Buffer.from(`will ${nonce()}`);
  const will = { topic, payload, qos: 1, retain: false } as const;
  const client = await testLab.raw(user, { version, will }).catch(unlessRefused(testLab.brokerKind));
  await client?.fin();
  // throws where the broker refuses the user and not the will
  if (client === undefined) await (await testLab.raw(user, { version })).disconnect();
  // a connection after the loss: when its message arrives, the broker has processed the loss
  await using later = await testLab.raw(observed.publisher);
  const last = await sentinel(testLab, { ...observed, sending: later });
  const tookEffect = await hasArrived(observed, payload, { isDue: right === 'allowed' });
  const effect = { tookEffect, observed: { connected: client !== undefined } };
  return {
    ...judgeRight(right, effect, testLab.brokerKind),
    evidence: [
      ...evidence(user.name, client?.packets ?? []),
      ...evidence(observed.observer.name, ownPackets(observed.seeing.packets, [payload, last])),
    ],
  };
}

/** Mosquitto accepts every login and drops a denied will later; an external broker may refuse the CONNECT for it. */
function unlessRefused(brokerKind: BrokerKind): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof LabError && brokerKind === 'external') return undefined;
    throw error;
  };
}
