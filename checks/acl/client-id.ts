import type { Rule, User } from '../../lab-file/lab.ts';
import { filterFor, may, writes } from '../../lab-file/may.ts';
import { insideFilter } from '../../lab-file/topics.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, nonce } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, limit, ROUNDS_ELSEWHERE } from './observed-topic.ts';
import { connectionAfter } from './publication.ts';

/** For each rule with `%c`: what clients with two ids may do with their own topic and with the other's. */
export function clientTopics(testLab: TestLab, user: User): Check[] {
  const rules = testLab.lab.rules.filter(({ filter }) => filter.split('/').includes('%c'));
  return rules.flatMap((rule) => VERSIONS.map((version) => ownTopicOnly(testLab, rule, user, version)));
}

function ownTopicOnly(testLab: TestLab, rule: Rule, user: User, version: Version): Check {
  const named = {
    id: `acl.client-id.${idWord(rule.filter)}.${idWord(user.name)}.${tagOf(version)}`,
    claim: `of ${rule.filter}, where %c is the client id, a client of ${user.name} has its own topic and not another client's, ${overOf(version)}`,
  } as const;
  if (
    readersOf(testLab, rule, user).length === 0 ||
    !writes(testLab.lab, user.name, topicOf(rule, user, 'lab'), 'lab')
  ) {
    return notApplicable(named, `no client can see the effect: nobody may both write and read ${rule.filter}`);
  }
  return {
    ...named,
    expected: 'each message reaches exactly the clients that may read it',
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
    const wrong: string[] = [];
    for (const sender of own) {
      for (const topic of topics) {
        const payload = Buffer.from(`client ${nonce()}`);
        payloads.push(payload);
        await sender.session.publish(topic, payload, { qos: 1 }).catch(() => undefined);
        wrong.push(...(await wrongDeliveries(testLab, clients, { sender, topic, payload })));
      }
    }
    const packets = own.flatMap(({ session }) => evidence(user.name, ownPackets(session.packets, payloads)));
    const found = { observed: { wrong }, evidence: packets };
    const after = await Promise.all(clients.map(({ session }) => connectionAfter(session)));
    if (after.some((connection) => connection !== 'answered')) {
      const reason = 'a client lost its connection, so nothing is proved';
      // an external broker may close it upon a denial
      return { verdict: testLab.brokerKind === 'lab' ? 'fail' : 'skipped', ...found, reason };
    }
    return wrong.length === 0 ? { verdict: 'pass', ...found } : { verdict: 'fail', ...found, reason: wrong.join('; ') };
  } finally {
    await Promise.all(clients.map(({ session }) => session[Symbol.asyncDispose]()));
  }
}

type Sent = { readonly sender: Client; readonly topic: string; readonly payload: Buffer };

/** Compares who received the message with who may. */
async function wrongDeliveries(
  { lab, brokerKind }: TestLab,
  clients: readonly Client[],
  { sender, topic, payload }: Sent,
): Promise<string[]> {
  const isAccepted = writes(lab, sender.user.name, topic, sender.clientId);
  const whose = topic.includes(sender.clientId) ? 'its own topic' : "another client's topic";
  const wrong: string[] = [];
  for (const { user, clientId, session } of clients) {
    const isDue = isAccepted && may(lab, user.name, 'subscribe', topic, clientId);
    if (isDue) await session.packet(isMessage(payload), 'message').catch(() => undefined);
    for (let round = brokerKind === 'lab' ? ROUNDS_ELSEWHERE : 1; round <= ROUNDS_ELSEWHERE; round += 1) {
      await connectionAfter(session);
    }
    const hasArrived = session.packets.some(isMessage(payload));
    if (hasArrived === isDue) continue;
    const who = clientId === sender.clientId ? 'the client itself' : `a client of ${user.name}`;
    const why = hasArrived ? 'reached' : 'did not reach';
    wrong.push(`a message to ${whose} ${why} ${who}${hasArrived ? ', and lab.yaml does not allow it' : ''}`);
  }
  return wrong;
}
