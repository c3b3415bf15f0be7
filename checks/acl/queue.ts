import { ignoreFailure } from '../../base/errors.ts';
import type { Topic, User } from '../../lab-file/lab.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, mustPublish, nonce } from '../harness/messages.ts';
import { SESSION_EXPIRY_S, withPersistentSession } from '../harness/persistent-session.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { lessGranted, whyUnsupported } from '../harness/requirements.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, limit, observedRoles } from './observed-topic.ts';
import { rightOf } from './right.ts';

/** How many users of a large lab the check tries; acl.publish tries all. */
const MOST_WRITERS = 8;
const LEVELS = [1, 2] as const;

/** No message of a user who may not publish waits for an absent subscriber. */
export function queueing(testLab: TestLab, { name: topic }: Topic): Check[] {
  const roles = observedRoles(testLab, topic);
  const denied = testLab.lab.users.filter(({ name }) => rightOf(testLab.lab, name, 'publish', topic) === 'denied');
  const why = whyUnsupported(testLab, { qos: 1, queued: 1 });
  return VERSIONS.map((version): Check => {
    const named = {
      id: `acl.queue.${idWord(topic)}.${tagOf(version)}`,
      claim: `no message and no last will of a user who may not publish to ${topic} waits for an absent subscriber, ${overOf(version)}`,
    } as const;
    if (roles.kind === 'unobservable') return notApplicable(named, `no client can see the effect: ${roles.why}`);
    if (denied.length === 0) return notApplicable(named, `every user may write to ${topic}`);
    if (why !== undefined) return notApplicable(named, why);
    const { observer, publisher } = roles;
    const users = { observer, publisher, denied: denied.slice(0, MOST_WRITERS) };
    return {
      ...named,
      expected: { queued: [] },
      factors: [{ action: 'wait in a queue', topic, version }],
      version,
      boundMs: BOUND_MS,
      limit,
      run: () => publishWhileAbsent(testLab, topic, version, users),
    };
  });
}

type Users = { readonly observer: User; readonly publisher: User; readonly denied: readonly User[] };
type Denied = { readonly user: string; readonly how: string; readonly payload: Buffer };

async function publishWhileAbsent(
  testLab: TestLab,
  topic: string,
  version: Version,
  { observer, publisher, denied }: Users,
): Promise<Finding> {
  return await withPersistentSession(testLab, { user: observer, version }, async (clientId) => {
    const persistent = { version, clientId, clean: false, sessionExpiry: SESSION_EXPIRY_S };
    const before = await testLab.raw(observer, persistent);
    const less = lessGranted(testLab, await before.subscribe(topic, 1), 1);
    await before[Symbol.asyncDispose]();
    if (less !== undefined) return less;
    const tried: Denied[] = [];
    for (const user of denied) tried.push(...(await tryAll(testLab, topic, version, user)));
    const last = Buffer.from(`last ${nonce()}`);
    await using sending = await testLab.raw(publisher);
    await mustPublish(sending, topic, last, { qos: 1 });
    await using back = await testLab.raw(observer, persistent);
    await back.packet(isMessage(last), 'message of the publisher from the queue');
    await back.barrier();
    const queued = tried.filter(({ payload }) => back.packets.some(isMessage(payload)));
    const observed = { queued: queued.map(({ user, how }) => `${how} of ${user}`) };
    const packets = evidence(observer.name, ownPackets(back.packets, [last, ...tried.map(({ payload }) => payload)]));
    if (queued.length === 0) return { verdict: 'pass', observed, evidence: packets };
    const reason = `the absent subscriber received ${observed.queued.join(', ')}, and lab.yaml does not allow it`;
    return { verdict: 'fail', observed, reason, evidence: packets };
  });
}

/** Publishes at QoS 1 and 2 and leaves a last will. An external broker may close the connection upon each denial. */
async function tryAll(testLab: TestLab, topic: string, version: Version, user: User): Promise<Denied[]> {
  const message = (how: string): Denied => ({ user: user.name, how, payload: Buffer.from(`denied ${nonce()}`) });
  const levels = LEVELS.filter((qos) => whyUnsupported(testLab, { qos }) === undefined);
  const last = message('the last will');
  const will = { topic, payload: last.payload, qos: 1, retain: false } as const;
  const tried = [last];
  // an external broker may refuse the CONNECT for its will
  const connect = async () =>
    (await ignoreFailure(testLab.raw(user, { version, will }))) ?? (await testLab.raw(user, { version }));
  let client = await connect();
  for (const qos of levels) {
    const one = message(`a message at QoS ${qos}`);
    tried.push(one);
    const answer = await ignoreFailure(client.publish(topic, one.payload, { qos }));
    if (answer?.kind === 'acknowledged') continue;
    client.destroy();
    client = await connect();
  }
  await client.fin();
  return tried;
}
