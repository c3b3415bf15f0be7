import type { Rule, User } from '../../lab-file/lab.ts';
import { filterFor, may, writes } from '../../lab-file/may.ts';
import { insideFilter } from '../../lab-file/topics.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, nonce } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, limit, ROUNDS_ELSEWHERE } from './observed-topic.ts';
import { type ConnectionAfter, connectionAfter, type PublishAnswer } from './publication.ts';

/** For each rule with `%c`: what clients with two ids may do with their own topic and with the other's. */
export function clientTopics(testLab: TestLab, user: User): Check[] {
  const rules = testLab.lab.rules.filter(({ filter }) => filter.split('/').includes('%c'));
  return rules.flatMap((rule) => VERSIONS.map((version) => ownTopicOnly(testLab, rule, user, version)));
}

function ownTopicOnly(testLab: TestLab, rule: Rule, user: User, version: Version): Check {
  const named = {
    id: `acl.client-id.${idWord(rule.filter)}.${idWord(user.name)}.${tagOf(version)}`,
    claim: `clients of ${user.name} may use ${rule.filter} exactly as lab.yaml says, each with its own client id for %c, ${overOf(version)}`,
  } as const;
  const mayWrite = writes(testLab.lab, user.name, topicOf(rule, user, 'lab'), 'lab');
  if (!mayWrite)
    return notApplicable(named, `no client can see the effect: ${user.name} may not publish to ${rule.filter}`);
  // MQTT 5's reason code shows what no client receives
  const isByCode = testLab.brokerKind === 'lab' && version === 5;
  if (readersOf(testLab, rule, user).length === 0 && !isByCode) {
    return notApplicable(named, `no client can see the effect: no user may subscribe to ${rule.filter}`);
  }
  return {
    ...named,
    expected: { wrong: [] },
    factors: [{ action: 'use the topic of a client', user: user.name, topic: rule.filter, version }],
    version,
    boundMs: BOUND_MS,
    limit,
    run: () => tryTopics(testLab, rule, user, version),
  };
}

function topicOf({ filter }: Rule, { name: user }: User, clientId: string): string {
  return insideFilter(filterFor(filter, { user, clientId }) ?? filter);
}

/** The user where the rule lets a client read its own topic, and one user who may read it whatever the client's id. */
function readersOf({ lab }: TestLab, rule: Rule, user: User): User[] {
  const topic = topicOf(rule, user, 'lab');
  const other = lab.users.find(({ name }) => name !== user.name && may(lab, name, 'subscribe', topic));
  return [...(may(lab, user.name, 'subscribe', topic, 'lab') ? [user] : []), ...(other === undefined ? [] : [other])];
}

type Client = { readonly user: User; readonly clientId: string; readonly session: RawSession };

async function tryTopics(testLab: TestLab, rule: Rule, user: User, version: Version): Promise<Finding> {
  const clients: Client[] = [];
  const open = async (as: User) => {
    const clientId = `lab-${nonce()}`;
    const client = { user: as, clientId, session: await testLab.raw(as, { version, clientId }) };
    clients.push(client);
    return client;
  };
  try {
    const own = [await open(user), await open(user)];
    const observer = readersOf(testLab, rule, user).find(({ name }) => name !== user.name);
    if (observer !== undefined) await open(observer);
    const topics = own.map(({ clientId }) => topicOf(rule, user, clientId));
    // a refused subscription is as good as one that receives nothing
    for (const { session } of clients) for (const topic of topics) await session.subscribe(topic, 1).catch(() => 0x80);
    const payloads: Buffer[] = [];
    const wrong: Wrong[] = [];
    for (const sender of own) {
      const mine = topicOf(rule, user, sender.clientId);
      // its own topic first, since a broker may close the connection upon a denial
      for (const topic of [mine, ...topics.filter((one) => one !== mine)]) {
        const payload = Buffer.from(`client ${nonce()}`);
        payloads.push(payload);
        const answer = await sender.session.publish(topic, payload, { qos: 1 }).catch(() => 'nothing' as const);
        wrong.push(...(await wrongDeliveries(testLab, clients, { sender, topic, payload, answer, version })));
      }
    }
    const after = await Promise.all(clients.map(({ session }) => connectionAfter(session)));
    const packets = own.flatMap(({ session }) => evidence(user.name, ownPackets(session.packets, payloads)));
    return { ...judgeClientTopics(wrong, after, testLab.brokerKind), evidence: packets };
  } finally {
    await Promise.all(clients.map(({ session }) => session[Symbol.asyncDispose]()));
  }
}

/** What a client had or missed against lab.yaml. */
export type Wrong = { readonly kind: 'too much' | 'too little'; readonly text: string };

/** Too much is proved by what arrived; too little only where no client lost its connection. */
export function judgeClientTopics(
  wrong: readonly Wrong[],
  after: readonly ConnectionAfter[],
  brokerKind: BrokerKind,
): Finding {
  const texts = (found: readonly Wrong[]) => found.map(({ text }) => text);
  const observed = { wrong: texts(wrong) };
  const tooMuch = wrong.filter(({ kind }) => kind === 'too much');
  if (tooMuch.length > 0) return { verdict: 'fail', observed, reason: texts(tooMuch).join('; ') };
  if (after.includes('silent') || (brokerKind === 'lab' && after.includes('closed'))) {
    return { verdict: 'fail', observed, reason: 'a client lost its connection, so nothing is proved' };
  }
  if (after.includes('closed') && wrong.length > 0) {
    const reason = 'the external broker closes the connection upon a denial, so the rest is not shown';
    return { verdict: 'skipped', observed, reason };
  }
  return wrong.length === 0
    ? { verdict: 'pass', observed }
    : { verdict: 'fail', observed, reason: texts(wrong).join('; ') };
}

type Sent = {
  readonly sender: Client;
  readonly topic: string;
  readonly payload: Buffer;
  readonly answer: PublishAnswer;
  readonly version: Version;
};

/** Compares who received the message with who may, and over MQTT 5 the lab's own broker's answer with the right. */
async function wrongDeliveries(
  { lab, brokerKind }: TestLab,
  clients: readonly Client[],
  { sender, topic, payload, answer, version }: Sent,
): Promise<Wrong[]> {
  const isAccepted = writes(lab, sender.user.name, topic, sender.clientId);
  const whose = topic.includes(sender.clientId) ? 'its own topic' : "another client's topic";
  const wrong: Wrong[] = [];
  const isByCode = brokerKind === 'lab' && version === 5;
  const code = typeof answer === 'object' && answer.kind === 'acknowledged' ? answer.code : undefined;
  if (isByCode && isAccepted !== (code !== undefined && code < 0x80)) {
    const text = `a message to ${whose} was ${isAccepted ? 'not accepted' : 'accepted'}`;
    wrong.push({ kind: isAccepted ? 'too little' : 'too much', text });
  }
  for (const { user, clientId, session } of clients) {
    const isDue = isAccepted && may(lab, user.name, 'subscribe', topic, clientId);
    if (isDue) await session.packet(isMessage(payload), 'message').catch(() => undefined);
    for (let round = brokerKind === 'lab' ? ROUNDS_ELSEWHERE : 1; round <= ROUNDS_ELSEWHERE; round += 1) {
      await connectionAfter(session);
    }
    const hasArrived = session.packets.some(isMessage(payload));
    if (hasArrived === isDue) continue;
    const who = clientId === sender.clientId ? 'the client itself' : `a client of ${user.name}`;
    if (hasArrived) wrong.push({ kind: 'too much', text: `a message to ${whose} reached ${who}` });
    else wrong.push({ kind: 'too little', text: `a message to ${whose} did not reach ${who}` });
  }
  return wrong;
}
