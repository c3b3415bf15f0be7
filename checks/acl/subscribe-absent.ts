import { ignoreFailure } from '../../base/errors.ts';
import type { Topic, User } from '../../lab-file/lab.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, mustPublish, nonce } from '../harness/messages.ts';
import { SESSION_EXPIRY_S, withPersistentSession } from '../harness/persistent-session.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { whyUnsupported } from '../harness/requirements.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import {
  BOUND_MS,
  limit,
  type ObservedTopic,
  observedRoles,
  onObservedTopic,
  ROUNDS_ELSEWHERE,
} from './observed-topic.ts';
import { connectionAfter } from './publication.ts';
import { type AclCase, denialFactors, mayText, rightOf } from './right.ts';
import { FORMS, filterOf, leaks, REQUESTED } from './subscribe.ts';

/** A user subscribes three times over, is absent while a message comes, and returns. */
export function returning(testLab: TestLab, { name: topic }: Topic, user: User): Check[] {
  const right = rightOf(testLab.lab, user.name, 'subscribe', topic);
  const isAllowed = right === 'allowed';
  const roles = observedRoles(testLab, topic);
  const why = whyUnsupported(testLab, { qos: 1, queued: FORMS.length });
  return VERSIONS.map((version): Check => {
    const named = {
      id: `acl.subscribe.${idWord(topic)}.${idWord(user.name)}.queued.${tagOf(version)}`,
      subject: { kind: 'right', user: user.name, topic, right: 'subscribe' },
      claim: `${user.name} ${mayText(right)} receive messages on ${topic} that were published during the user's absence, by any of three subscriptions, ${overOf(version)}`,
    } as const;
    if (roles.kind === 'unobservable') return notApplicable(named, `no client can see the effect: ${roles.why}`);
    if (why !== undefined) return notApplicable(named, why);
    const copies = isAllowed ? `1 to ${FORMS.length}` : 0;
    return {
      ...named,
      expected: { tookEffect: isAllowed, sessionPresent: true, queued: copies, later: copies },
      ...denialFactors({ topic, user, version, right }, 'subscribe', { form: 'queued' }),
      version,
      boundMs: BOUND_MS,
      limit,
      run: () =>
        onObservedTopic(testLab, topic, (observed) => comeBack({ testLab, topic, user, version, right }, observed)),
    };
  });
}

async function comeBack(aclCase: AclCase, { sending, seeing, publisher }: ObservedTopic): Promise<Finding> {
  const { testLab, topic, user, version, right } = aclCase;
  const isAllowed = right === 'allowed';
  const payloads: Buffer[] = [];
  const publish = async (when: string) => {
    const payload = Buffer.from(`${when} ${nonce()}`);
    payloads.push(payload);
    await mustPublish(sending, topic, payload, { qos: 1 });
    await seeing.packet(isMessage(payload), `message on ${topic}`);
    return payload;
  };
  return await withPersistentSession(testLab, { user, version }, async (clientId) => {
    const persistent = { version, clientId, clean: false, sessionExpiry: SESSION_EXPIRY_S };
    await using before = await testLab.raw(user, persistent);
    const subacks = await subscribeToAll(before, topic);
    await before[Symbol.asyncDispose]();
    const queued = await publish('queued');
    await using back = await testLab.raw(user, persistent);
    const later = await publish('later');
    if (isAllowed)
      await ignoreFailure(Promise.all([queued, later].map((own) => back.packet(isMessage(own), 'message'))));
    let connection = await connectionAfter(back);
    for (let round = 1; testLab.brokerKind === 'external' && round < ROUNDS_ELSEWHERE; round += 1) {
      connection = await connectionAfter(back);
    }
    const copiesOf = (payload: Buffer) => back.packets.filter(isMessage(payload)).length;
    const seen = {
      isAllowed,
      subacks,
      sessionPresent: back.packets.some(({ type, sessionPresent }) => type === 'CONNACK' && sessionPresent === true),
      queued: copiesOf(queued),
      later: copiesOf(later),
      isAnswered: connection === 'answered',
      leaked: leaks(testLab.lab, user.name, back.packets),
    };
    return {
      ...judgeReturn(seen, testLab.brokerKind),
      evidence: [
        ...evidence(user.name, ownPackets([...before.packets, ...back.packets], payloads)),
        ...evidence(publisher.name, ownPackets(sending.packets, payloads)),
      ],
    };
  });
}

/** The codes that the broker gave. It may close the connection upon a filter that covers more than the user may read. */
async function subscribeToAll(client: RawSession, topic: string): Promise<readonly number[]> {
  const [exact, ...wide] = FORMS.map((form) => filterOf(topic, form));
  const first = await ignoreFailure(client.subscribe(exact ?? topic, REQUESTED));
  if (first === undefined) return [];
  const rest = await ignoreFailure(client.subscribeAll(wide, REQUESTED));
  return [first, ...(rest ?? [])];
}

type Seen = {
  readonly isAllowed: boolean;
  readonly subacks: readonly number[];
  readonly sessionPresent: boolean;
  /** Copies of the message that came during the absence, and of the next one. */
  readonly queued: number;
  readonly later: number;
  readonly isAnswered: boolean;
  readonly leaked: readonly string[];
};

/** Overlapping subscriptions may each bring a copy (MQTT 3.1.1, 3.3.5; MQTT 5, 3.3.4). */
export function judgeReturn({ isAllowed, leaked, isAnswered, ...seen }: Seen, brokerKind: BrokerKind): Finding {
  const { subacks, sessionPresent, queued, later } = seen;
  const observed = { tookEffect: queued + later > 0, ...seen, ...(leaked.length === 0 ? {} : { leaked }) };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (leaked.length > 0) return fail(`messages arrived on topics that the user may not read: ${leaked.join(', ')}`);
  if (!isAllowed && queued > 0) return fail('a queued message arrived, and lab.yaml does not allow it');
  if (!isAllowed && later > 0) {
    return fail('a message arrived by a subscription of the earlier connection, and lab.yaml does not allow it');
  }
  if (!isAnswered) return fail('the broker did not answer a PINGREQ afterwards, so nothing is proved');
  if (brokerKind === 'lab' && subacks.length !== FORMS.length) {
    return fail(`the broker answered ${FORMS.length} filters with ${subacks.length} codes`);
  }
  if (!sessionPresent && (isAllowed || brokerKind === 'lab')) return fail('the broker had discarded the session');
  if (!sessionPresent) {
    const reason = 'the external broker keeps no session for a user who may not subscribe, so it queues nothing';
    return { verdict: 'pass', observed, reason };
  }
  if (!isAllowed) return { verdict: 'pass', observed };
  const lower = subacks.find((code) => code < REQUESTED);
  if (lower !== undefined && brokerKind === 'lab') return fail(`the broker granted QoS ${lower}, not ${REQUESTED}`);
  if (lower !== undefined && queued === 0 && later > 0) {
    return { verdict: 'skipped', observed, reason: `the broker grants only QoS ${lower}, which it need not queue` };
  }
  const isWrong = (copies: number) => copies < 1 || copies > FORMS.length;
  if (isWrong(queued)) return fail(`${queued} copies of the queued message arrived`);
  return isWrong(later) ? fail(`${later} copies of a later message arrived`) : { verdict: 'pass', observed };
}
