import { ignoreFailure } from '../../base/errors.ts';
import { covers } from '../../base/topic.ts';
import type { Lab, Topic, User } from '../../lab-file/lab.ts';
import { filterFor, may } from '../../lab-file/may.ts';
import { insideFilter } from '../../lab-file/topics.ts';
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
import { type AclCase, denialFactors, mayText, rightOf } from './right.ts';

export type Form = 'exact' | 'plus' | 'hash';
export const FORMS: readonly Form[] = ['exact', 'plus', 'hash'];

/** The code that a SUBACK has for a filter. */
export type Suback = number | 'nothing';
export const NO_ANSWER = 'nothing' as const;
/** The QoS of the subscriptions. */
export const REQUESTED = 1;

/** A subscription to a topic: by its name, by wildcards, or by the filter of its rule in lab.yaml. */
type Subscribed = { readonly form: Form | 'filter'; readonly filter: string };

/** A user subscribes to a topic by name, and by filters that cover it, and unsubscribes again. */
export function subscribing(testLab: TestLab, { name: topic }: Topic, user: User): Check[] {
  const right = rightOf(testLab.lab, user.name, 'subscribe', topic);
  const usual = FORMS.map((form): Subscribed => ({ form, filter: filterOf(topic, form) }));
  const own = ownFilters(testLab.lab, user.name, topic).filter((filter) => usual.every((one) => one.filter !== filter));
  const all = [...usual, ...own.slice(0, 1).map((filter): Subscribed => ({ form: 'filter', filter }))];
  return VERSIONS.flatMap((version) => all.map((one) => byForm({ testLab, topic, user, version, right }, one)));
}

/** The filters of lab.yaml that cover the topic, as they are for the user, first the one that the topic stands for. */
export function ownFilters({ rules }: Pick<Lab, 'rules'>, user: string, topic: string): string[] {
  const covering = rules.flatMap((rule) => {
    const filter = filterFor(rule.filter, { user });
    return filter !== undefined && covers(filter, topic) ? [filter] : [];
  });
  const isOwn = (filter: string) => Number(insideFilter(filter) === topic);
  return covering.toSorted((one, other) => isOwn(other) - isOwn(one));
}

function byForm(aclCase: AclCase, { form, filter }: Subscribed): Check {
  const { testLab, topic, user, version, right } = aclCase;
  const named = {
    id: `acl.subscribe.${idWord(topic)}.${idWord(user.name)}.${form}.${tagOf(version)}`,
    subject: { kind: 'right', user: user.name, topic, right: 'subscribe' },
    claim: `${user.name} ${mayText(right)} receive messages on ${topic} by a subscription to ${filter}, and none after UNSUBSCRIBE, ${overOf(version)}`,
  } as const;
  const publisher = publisherOf(testLab.lab, topic);
  if (publisher === undefined) {
    return notApplicable(named, `no client can see the effect: no user may publish to ${topic}`);
  }
  const isAllowed = right === 'allowed';
  return {
    ...named,
    expected: { tookEffect: isAllowed, copies: isAllowed ? 1 : 0, afterUnsubscribe: 0 },
    ...denialFactors(aclCase, 'subscribe', { form }),
    version,
    boundMs: BOUND_MS,
    limit,
    async run() {
      if (observedRoles(testLab, topic).kind === 'observable') {
        // a message that no client receives proves no denial
        return await onObservedTopic(testLab, topic, ({ sending, seeing }) =>
          subscribe(aclCase, { form, filter }, { name: publisher.name, sending, witness: seeing }),
        );
      }
      await using sending = await testLab.raw(publisher);
      return await subscribe(aclCase, { form, filter }, { name: publisher.name, sending });
    },
  };
}

/** Publishes the messages; the witness, where the topic has one, receives them too. */
type Publisher = {
  readonly name: string;
  readonly sending: Pick<Session, 'publish' | 'packets'>;
  readonly witness?: Session;
};

async function subscribe(
  { testLab, topic, user, version, right }: AclCase,
  { form, filter }: Subscribed,
  publisher: Publisher,
): Promise<Finding> {
  const isAllowed = right === 'allowed';
  await using client = await testLab.raw(user, { version });
  const suback = await client.subscribe(filter, REQUESTED).catch(() => NO_ANSWER);
  const payloads: Buffer[] = [];
  const publish = async () => {
    const payload = Buffer.from(`subscribe ${nonce()}`);
    payloads.push(payload);
    await mustPublish(publisher.sending, topic, payload, { qos: 1 });
    await publisher.witness?.packet(isMessage(payload), `message on ${topic}`);
    return payload;
  };
  const live = await publish();
  if (isAllowed && granted(suback)) await ignoreFailure(client.packet(isMessage(live), 'message'));
  let connection = await connectionAfter(client);
  let unsubscribed: Subscription['unsubscribed'];
  // an UNSUBSCRIBE without a subscription may end those of other clients, as on ejabberd
  if (connection === 'answered' && granted(suback)) {
    const isAnswered = await client.unsubscribe(filter).then(
      () => true,
      () => false,
    );
    const later = await publish();
    connection = await connectionAfter(client);
    unsubscribed = { isAnswered, copies: client.packets.filter(isMessage(later)).length };
  }
  const copies = client.packets.filter(isMessage(live)).length;
  const leaked = leaks(testLab.lab, user.name, client.packets);
  return {
    ...judgeSubscription(
      { isAllowed, version, form, suback, connection, copies, leaked, unsubscribed },
      testLab.brokerKind,
    ),
    evidence: [
      ...evidence(user.name, ownPackets(client.packets, payloads)),
      ...evidence(publisher.name, ownPackets(publisher.sending.packets, payloads)),
    ],
  };
}

export function filterOf(topic: string, form: Form): string {
  if (form === 'exact') return topic;
  return form === 'hash' ? '#' : [...topic.split('/').slice(0, -1), '+'].join('/');
}

type Subscription = {
  readonly isAllowed: boolean;
  readonly version: Version;
  readonly form: Form | 'filter';
  readonly suback: Suback;
  readonly connection: ConnectionAfter;
  readonly copies: number;
  readonly leaked: readonly string[];
  /** UNSUBSCRIBE, and a message that was published after it; undefined: the broker refused the subscription, or the connection was over. */
  readonly unsubscribed?: { readonly isAnswered: boolean; readonly copies: number } | undefined;
};

/** Judges by what arrived. An external broker may refuse a filter that covers more than the user may read. */
export function judgeSubscription(seen: Subscription, brokerKind: BrokerKind): Finding {
  const { isAllowed, version, form, suback, connection, copies, leaked, unsubscribed } = seen;
  const observed = {
    tookEffect: copies > 0,
    copies,
    suback,
    ...(unsubscribed === undefined ? {} : { afterUnsubscribe: unsubscribed.copies }),
    ...(leaked.length === 0 ? {} : { leaked }),
  };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (leaked.length > 0) return fail(`messages arrived on topics that the user may not read: ${leaked.join(', ')}`);
  if (!isAllowed && copies > 0) return fail('the message arrived, and lab.yaml does not allow it');
  const unanswered = noDenialShown(
    { answer: suback === 'nothing' ? suback : { kind: 'sent' }, connection },
    brokerKind,
  );
  if (unsubscribed?.isAnswered === false) return fail('the broker did not answer UNSUBSCRIBE with UNSUBACK');
  if (unsubscribed !== undefined && unsubscribed.copies > 0) {
    return fail('a message arrived after UNSUBACK, by the subscription that was removed');
  }
  if (unanswered === undefined && version === 4 && isReserved(suback)) {
    return fail(`SUBACK has the code 0x${suback.toString(16)}, which 3.1.1 reserves [MQTT-3.9.3-2]`);
  }
  if (!isAllowed) return unanswered ?? { verdict: 'pass', observed };
  const isLower = suback !== NO_ANSWER && suback < REQUESTED;
  if (copies === 1 && suback !== REQUESTED && (brokerKind === 'lab' || !isLower)) {
    return fail(`the broker granted QoS ${suback}, not ${REQUESTED}`);
  }
  if (copies === 1) return { verdict: 'pass', observed, ...notShown(suback) };
  if (copies === 0 && form !== 'exact' && brokerKind === 'external' && !granted(suback)) {
    return {
      verdict: 'pass',
      observed,
      reason: 'the external broker refuses a filter that covers more than the user may read',
    };
  }
  return fail(`${copies} copies of the message arrived, not one`);
}

/** 3.1.1 knows three levels of QoS and one refusal. */
function isReserved(suback: Suback): boolean {
  return suback !== NO_ANSWER && suback > 2 && suback !== 0x80;
}

/** An external broker may grant a lower QoS. */
function notShown(suback: Suback): { readonly reason?: string } {
  if (suback === REQUESTED) return {};
  return { reason: `the broker grants QoS ${suback}, so the right is not shown at QoS ${REQUESTED}` };
}

export function granted(suback: Suback): boolean {
  return suback !== 'nothing' && suback < 0x80;
}

/** Topics with messages that lab.yaml does not let the user read. */
export function leaks(lab: Lab, user: string, packets: readonly Packet[]): string[] {
  const topics = packets.flatMap(({ type, direction, topic }) =>
    type === 'PUBLISH' && direction === 'received' && topic !== undefined ? [topic] : [],
  );
  return [...new Set(topics)].filter((topic) => !may(lab, user, 'subscribe', topic));
}
