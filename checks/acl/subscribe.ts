import { ignoreFailure } from '../../base/errors.ts';
import type { Lab, Topic, User } from '../../lab-file/lab.ts';
import { may } from '../../lab-file/may.ts';
import type { Packet } from '../../probes/mqtt/packet.ts';
import type { Session } from '../../probes/mqtt/session.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, mustPublish, nonce } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { publisherOf } from '../harness/roles.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, limit, observedRoles, onObservedTopic } from './observed-topic.ts';
import { type ConnectionAfter, connectionAfter, noDenialShown } from './publication.ts';
import { type AclCase, mayText, rightOf } from './right.ts';

type Form = 'exact' | 'plus' | 'hash';
const FORMS: readonly Form[] = ['exact', 'plus', 'hash'];

/** A user subscribes to a topic by name, and by wildcards that match it. */
export function subscribing(testLab: TestLab, { name: topic }: Topic, user: User): Check[] {
  const right = rightOf(testLab.lab, user.name, 'subscribe', topic);
  return VERSIONS.flatMap((version) => FORMS.map((form) => byForm({ testLab, topic, user, version, right }, form)));
}

function byForm(aclCase: AclCase, form: Form): Check {
  const { testLab, topic, user, version, right } = aclCase;
  const named = {
    id: `acl.subscribe.${idWord(topic)}.${idWord(user.name)}.${form}.${tagOf(version)}`,
    subject: { kind: 'right', user: user.name, topic, right: 'subscribe' },
    claim: `${user.name} ${mayText(right)} receive messages on ${topic} by a subscription to ${filterOf(topic, form)} ${overOf(version)}`,
  } as const;
  const publisher = publisherOf(testLab.lab, topic);
  if (publisher === undefined) {
    return notApplicable(named, `no client can see the effect: no user may publish to ${topic}`);
  }
  const isAllowed = right === 'allowed';
  return {
    ...named,
    expected: { tookEffect: isAllowed, copies: isAllowed ? 1 : 0 },
    version,
    boundMs: BOUND_MS,
    limit,
    async run() {
      const isObservable = observedRoles(testLab, topic).kind === 'observable';
      if (!isObservable) return await subscribe(aclCase, form, publisher);
      // a message that no client receives proves no denial
      return await onObservedTopic(testLab, topic, ({ seeing }) => subscribe(aclCase, form, publisher, seeing));
    },
  };
}

async function subscribe(aclCase: AclCase, form: Form, publisher: User, witness?: Session): Promise<Finding> {
  const { testLab, topic, user, version, right } = aclCase;
  const isAllowed = right === 'allowed';
  await using client = await testLab.raw(user, { version });
  const suback = await client.subscribe(filterOf(topic, form), 1).catch(() => 'nothing' as const);
  const payload = Buffer.from(`subscribe ${nonce()}`);
  await using sending = await testLab.raw(publisher);
  await mustPublish(sending, topic, payload, { qos: 1 });
  await witness?.packet(isMessage(payload), `message on ${topic}`);
  if (isAllowed && granted(suback)) await ignoreFailure(client.packet(isMessage(payload), 'message'));
  const connection = await connectionAfter(client);
  const copies = client.packets.filter(isMessage(payload)).length;
  const leaked = leaks(testLab.lab, user.name, client.packets);
  return {
    ...judgeSubscription({ isAllowed, form, suback, connection, copies, leaked }, testLab.brokerKind),
    evidence: [
      ...evidence(user.name, ownPackets(client.packets, [payload])),
      ...evidence(publisher.name, ownPackets(sending.packets, [payload])),
    ],
  };
}

/** `$SYS` needs a right of its own, which a lab file cannot give. */
export function system(testLab: TestLab, user: User): Check[] {
  return VERSIONS.map((version) => ({
    id: `acl.sys.${idWord(user.name)}.${tagOf(version)}`,
    claim: `${user.name} may not read the broker's own topics by a subscription to $SYS/# ${overOf(version)}`,
    expected: { topics: [] },
    version,
    boundMs: BOUND_MS,
    limit,
    async run() {
      await using client = await testLab.raw(user, { version });
      const suback = await client.subscribe('$SYS/#', 1).catch(() => 'nothing' as const);
      const connection = await connectionAfter(client);
      const topics = leaks(testLab.lab, user.name, client.packets);
      return judgeSystem({ topics, suback, connection }, testLab.brokerKind);
    },
  }));
}

type SystemTopics = {
  readonly topics: readonly string[];
  readonly suback: number | 'nothing';
  readonly connection: ConnectionAfter;
};

/** Mosquitto retains its own topics, so a reader receives some at once. An external broker may have none. */
export function judgeSystem({ topics, suback, connection }: SystemTopics, brokerKind: BrokerKind): Finding {
  const observed = { topics, suback };
  if (topics.length > 0) {
    return { verdict: 'fail', observed, reason: `messages arrived on ${topics.length} of the broker's own topics` };
  }
  const unanswered = noDenialShown(
    { answer: suback === 'nothing' ? suback : { kind: 'sent' }, connection },
    brokerKind,
  );
  if (unanswered !== undefined) return unanswered;
  if (brokerKind === 'lab' || !granted(suback)) return { verdict: 'pass', observed };
  return {
    verdict: 'skipped',
    observed,
    reason: 'the external broker grants the subscription and sends nothing, and may have no such topics',
  };
}

export function filterOf(topic: string, form: Form): string {
  if (form === 'exact') return topic;
  return form === 'hash' ? '#' : [...topic.split('/').slice(0, -1), '+'].join('/');
}

type Subscription = {
  readonly isAllowed: boolean;
  readonly form: Form;
  readonly suback: number | 'nothing';
  readonly connection: ConnectionAfter;
  readonly copies: number;
  readonly leaked: readonly string[];
};

/** Judges by what arrived. An external broker may refuse a filter that covers more than the user may read. */
export function judgeSubscription(seen: Subscription, brokerKind: BrokerKind): Finding {
  const { isAllowed, form, suback, connection, copies, leaked } = seen;
  const observed = { tookEffect: copies > 0, copies, suback, ...(leaked.length === 0 ? {} : { leaked }) };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (leaked.length > 0) return fail(`messages arrived on topics that the user may not read: ${leaked.join(', ')}`);
  if (!isAllowed && copies > 0) return fail('the message arrived, and lab.yaml does not allow it');
  const unanswered = noDenialShown(
    { answer: suback === 'nothing' ? suback : { kind: 'sent' }, connection },
    brokerKind,
  );
  if (!isAllowed) return unanswered ?? { verdict: 'pass', observed };
  if (copies === 1) return { verdict: 'pass', observed };
  if (copies === 0 && form !== 'exact' && brokerKind === 'external' && !granted(suback)) {
    return {
      verdict: 'pass',
      observed,
      reason: 'the external broker refuses a filter that covers more than the user may read',
    };
  }
  return fail(`${copies} copies of the message arrived, not one`);
}

function granted(suback: number | 'nothing'): boolean {
  return suback !== 'nothing' && suback < 0x80;
}

/** Topics with messages that lab.yaml does not let the user read. */
function leaks(lab: Lab, user: string, packets: readonly Packet[]): string[] {
  const topics = packets.flatMap(({ type, direction, topic }) =>
    type === 'PUBLISH' && direction === 'received' && topic !== undefined ? [topic] : [],
  );
  return [...new Set(topics)].filter((topic) => !may(lab, user, 'subscribe', topic));
}
