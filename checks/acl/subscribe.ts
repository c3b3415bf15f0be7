import type { Lab, Topic, User } from '../../lab-file/lab.ts';
import { may } from '../../lab-file/may.ts';
import type { Packet } from '../../probes/mqtt/packet.ts';
import type { Session, Version } from '../../probes/mqtt/session.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, mustPublish, nonce } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { publisherOf } from '../harness/roles.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, limit, observedRoles, onObservedTopic } from './observed-topic.ts';
import { type ConnectionAfter, connectionAfter, noDenialShown } from './publication.ts';
import { mayText, rightOf } from './right.ts';

type Form = 'exact' | 'plus' | 'hash';
const FORMS: readonly Form[] = ['exact', 'plus', 'hash'];

/** A user subscribes to a topic by name, and by wildcards that match it. */
export function subscribing(testLab: TestLab, { name: topic }: Topic, user: User): Check[] {
  return VERSIONS.flatMap((version) => FORMS.map((form) => byForm(testLab, topic, user, form, version)));
}

function byForm(testLab: TestLab, topic: string, user: User, form: Form, version: Version): Check {
  const { lab } = testLab;
  const filter = filterOf(topic, form);
  const right = rightOf(lab, user.name, 'subscribe', topic);
  const named = {
    id: `acl.subscribe.${idWord(topic)}.${idWord(user.name)}.${form}.${tagOf(version)}`,
    subject: { kind: 'right', user: user.name, topic, right: 'subscribe' },
    claim: `${user.name} ${mayText(right)} receive what is published to ${topic}, subscribed to ${filter} ${overOf(version)}`,
  } as const;
  const publisher = publisherOf(lab, topic);
  if (publisher === undefined) return notApplicable(named, `unobservable: nobody may publish to ${topic}`);
  const isAllowed = right === 'allowed';
  return {
    ...named,
    expected: { tookEffect: isAllowed, copies: isAllowed ? 1 : 0 },
    version,
    boundMs: BOUND_MS,
    limit,
    async run() {
      const seen = observedRoles(testLab, topic).kind === 'observable';
      // what comes to nobody proves no denial
      if (seen) return await onObservedTopic(testLab, topic, ({ seeing }) => subscribe(publisher, seeing));
      return await subscribe(publisher);
    },
  };

  async function subscribe(publisher: User, witness?: Session): Promise<Finding> {
    await using client = await testLab.raw(user, { version });
    const suback = await client.subscribe(filter, 1).catch(() => 'nothing' as const);
    const payload = Buffer.from(`subscribe ${nonce()}`);
    await using sending = await testLab.raw(publisher);
    await mustPublish(sending, topic, payload, { qos: 1 });
    await witness?.packet(isMessage(payload), `message on ${topic}`);
    if (isAllowed && granted(suback)) await client.packet(isMessage(payload), 'message').catch(() => undefined);
    const connection = await connectionAfter(client);
    const copies = client.packets.filter(isMessage(payload)).length;
    const leaked = leaks(lab, user.name, client.packets);
    return {
      ...judgeSubscription({ isAllowed, form, suback, connection, copies, leaked }, testLab.brokerKind),
      evidence: [
        ...evidence(user.name, ownPackets(client.packets, [payload])),
        ...evidence(publisher.name, ownPackets(sending.packets, [payload])),
      ],
    };
  }
}

/** `$SYS` needs a right of its own, which a lab file can't give. */
export function system(testLab: TestLab, user: User): Check[] {
  return VERSIONS.map((version) => ({
    id: `acl.sys.${idWord(user.name)}.${tagOf(version)}`,
    claim: `${user.name} may not read the broker's own topics, subscribed to $SYS/# ${overOf(version)}`,
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

/** Mosquitto retains its own topics, so that a reader gets some at once; another broker may have none. */
export function judgeSystem({ topics, suback, connection }: SystemTopics, brokerKind: BrokerKind): Finding {
  const observed = { topics, suback };
  if (topics.length > 0) {
    return { verdict: 'fail', observed, reason: `${topics.length} topics of the broker came` };
  }
  const unanswered = noDenialShown(
    { answer: suback === 'nothing' ? suback : { kind: 'sent' }, connection },
    brokerKind,
  );
  if (unanswered !== undefined) return unanswered;
  if (brokerKind === 'lab' || !granted(suback)) return { verdict: 'pass', observed };
  return { verdict: 'skipped', observed, reason: 'unobservable: no topic of the broker came, and it may have none' };
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

/** By what came. A broker that is not the lab's may refuse a filter that covers more than the user may read. */
export function judgeSubscription(seen: Subscription, brokerKind: BrokerKind): Finding {
  const { isAllowed, form, suback, connection, copies, leaked } = seen;
  const observed = { tookEffect: copies > 0, copies, suback, ...(leaked.length === 0 ? {} : { leaked }) };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (leaked.length > 0) return fail(`messages came on topics that the user may not read: ${leaked.join(', ')}`);
  if (!isAllowed && copies > 0) return fail('the message came');
  const unanswered = noDenialShown(
    { answer: suback === 'nothing' ? suback : { kind: 'sent' }, connection },
    brokerKind,
  );
  if (!isAllowed) return unanswered ?? { verdict: 'pass', observed };
  if (copies === 1) return { verdict: 'pass', observed };
  if (copies === 0 && form !== 'exact' && brokerKind === 'external' && !granted(suback)) {
    return { verdict: 'pass', observed, reason: 'the broker refuses a filter that covers more than the user may read' };
  }
  return fail(`${copies} copies of the message came, not one`);
}

function granted(suback: number | 'nothing'): boolean {
  return suback !== 'nothing' && suback < 0x80;
}

/** Topics on which something came that lab.yaml does not let the user read. */
function leaks(lab: Lab, user: string, packets: readonly Packet[]): string[] {
  const topics = packets.flatMap(({ type, direction, topic }) =>
    type === 'PUBLISH' && direction === 'received' && topic !== undefined ? [topic] : [],
  );
  return [...new Set(topics)].filter((topic) => !may(lab, user, 'subscribe', topic));
}
