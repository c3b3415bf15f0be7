import { ignoreFailure } from '../../base/errors.ts';
import type { Topic, User } from '../../lab-file/lab.ts';
import { retainedOn } from '../fixtures/retained-read.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { whyUnsupported } from '../harness/requirements.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, limit, observedRoles } from './observed-topic.ts';
import { type ConnectionAfter, connectionAfter, noDenialShown } from './publication.ts';
import { onRetainedMessage } from './retained-message.ts';
import { type AclCase, denialFactors, mayText, rightOf } from './right.ts';
import { type Form, filterOf, granted, leaks, NO_ANSWER, REQUESTED, type Suback } from './subscribe.ts';

/** One SUBSCRIBE after the other on one connection. */
const STEPS = [
  { way: 'first', form: 'exact' },
  { way: 'again', form: 'exact' },
  { way: 'plus', form: 'plus' },
  { way: 'hash', form: 'hash' },
] as const satisfies readonly { readonly way: string; readonly form: Form }[];
type Way = (typeof STEPS)[number]['way'];

const WAYS: Readonly<Record<Way, string>> = {
  first: 'at SUBSCRIBE',
  again: 'at a second SUBSCRIBE',
  plus: 'at a SUBSCRIBE with +',
  hash: 'at a SUBSCRIBE with #',
};
const ARRIVAL_MS = 5_000;
const STATEMENTS = { 4: 'MQTT-3.3.1-6', 5: 'MQTT-3.3.1-9' } as const;

/** A user subscribes to a topic that has a retained message, again, and by wildcards. */
export function readingRetained(testLab: TestLab, { name: topic }: Topic, user: User): Check[] {
  const right = rightOf(testLab.lab, user.name, 'subscribe', topic);
  const isAllowed = right === 'allowed';
  const roles = observedRoles(testLab, topic);
  const why = whyUnsupported(testLab, { retained: true, qos: 1 });
  return VERSIONS.map((version): Check => {
    const named = {
      id: `acl.subscribe.${idWord(topic)}.${idWord(user.name)}.retained.${tagOf(version)}`,
      subject: { kind: 'right', user: user.name, topic, right: 'subscribe' },
      claim: `${user.name} ${mayText(right)} receive the retained message of ${topic}, at every SUBSCRIBE that matches, ${overOf(version)}`,
    } as const;
    if (roles.kind === 'unobservable') return notApplicable(named, `no client can see the effect: ${roles.why}`);
    if (why !== undefined) return notApplicable(named, why);
    return {
      ...named,
      // the standard does not know a denied subscriber
      ...(isAllowed ? { statement: STATEMENTS[version] } : {}),
      expected: {
        tookEffect: isAllowed,
        copies: Object.fromEntries(STEPS.map(({ way }) => [way, isAllowed ? 1 : 0])),
      },
      ...denialFactors({ topic, user, version, right }, 'subscribe', { form: 'retained' }),
      version,
      boundMs: 2 * BOUND_MS,
      limit,
      run: () =>
        onRetainedMessage(
          testLab,
          topic,
          { writer: roles.publisher, reader: roles.observer },
          async ({ payload, stored }) => {
            if (stored.equals(payload)) return await subscribe({ testLab, topic, user, version, right }, payload);
            const reason = `nothing is proved: ${roles.observer.name} does not receive what ${roles.publisher.name} publishes with RETAIN`;
            return { verdict: 'fail', observed: { retained: false }, reason };
          },
        ),
    };
  });
}

async function subscribe({ testLab, topic, user, version, right }: AclCase, payload: Buffer): Promise<Finding> {
  const isAllowed = right === 'allowed';
  const isElsewhere = testLab.brokerKind === 'external';
  await using client = await testLab.raw(user, { version });
  const seen = () => client.packets.filter(isMessage(payload)).length;
  const served: Served[] = [];
  let connection: ConnectionAfter = 'answered';
  for (const { way, form } of STEPS) {
    const before = seen();
    const suback = await client.subscribe(filterOf(topic, form), REQUESTED).catch(() => NO_ANSWER);
    // Mosquitto sends it before its next PINGRESP; the standard sets no bound
    if (isElsewhere && isAllowed && granted(suback)) {
      await ignoreFailure(client.packet(() => seen() > before, 'retained message', ARRIVAL_MS));
    }
    connection = await connectionAfter(client);
    served.push({ way, suback, copies: seen() - before });
    if (connection !== 'answered') break;
  }
  if (isElsewhere && !isAllowed && connection === 'answered') {
    // what the broker sends to a later subscriber, it would have sent to this one
    const observer = observedRoles(testLab, topic);
    if (observer.kind === 'observable') await retainedOn(testLab, topic, observer.observer);
    connection = await connectionAfter(client);
  }
  return {
    ...judgeServed(
      { isAllowed, served, copies: seen(), connection, leaked: leaks(testLab.lab, user.name, client.packets) },
      testLab.brokerKind,
    ),
    evidence: evidence(user.name, ownPackets(client.packets, [payload])),
  };
}

export type Served = { readonly way: Way; readonly suback: Suback; readonly copies: number };
type Seen = {
  readonly isAllowed: boolean;
  readonly served: readonly Served[];
  /** All copies that arrived, also after the last step. */
  readonly copies: number;
  readonly connection: ConnectionAfter;
  readonly leaked: readonly string[];
};

/** One copy at each SUBSCRIBE where the user may read the topic, and none elsewhere. */
export function judgeServed({ isAllowed, served, copies, connection, leaked }: Seen, brokerKind: BrokerKind): Finding {
  const observed = {
    tookEffect: copies > 0,
    copies: Object.fromEntries(served.map(({ way, copies: seen }) => [way, seen])),
    subacks: served.map(({ suback }) => suback),
    ...(leaked.length === 0 ? {} : { leaked }),
  };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (leaked.length > 0) return fail(`messages arrived on topics that the user may not read: ${leaked.join(', ')}`);
  if (!isAllowed && copies > 0) {
    const way = served.find((step) => step.copies > 0)?.way;
    const when = way === undefined ? 'late' : WAYS[way];
    return fail(`the retained message arrived ${when}, and lab.yaml does not allow it`);
  }
  if (!isAllowed) {
    const answers = served.some(({ suback }) => suback === NO_ANSWER);
    const answer = answers ? NO_ANSWER : ({ kind: 'sent' } as const);
    return noDenialShown({ answer, connection }, brokerKind) ?? { verdict: 'pass', observed };
  }
  const refused = served.filter(({ way, suback }) => way !== 'first' && way !== 'again' && !granted(suback));
  const isNotShown = (step: Served) => brokerKind === 'external' && refused.includes(step);
  const wrong = served.find((step) => step.copies !== 1 && !isNotShown(step));
  if (wrong !== undefined) {
    return fail(`${wrong.copies} copies of the retained message arrived ${WAYS[wrong.way]}, not one`);
  }
  if (served.length < STEPS.length && refused.length === 0) return fail('the broker ended the connection');
  if (refused.length === 0) return { verdict: 'pass', observed };
  return { verdict: 'pass', observed, reason: 'the external broker refuses filters with wildcards' };
}
