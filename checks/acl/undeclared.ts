import { ignoreFailure } from '../../base/errors.ts';
import type { Lab, User } from '../../lab-file/lab.ts';
import { writes } from '../../lab-file/may.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { QoS, Version } from '../../probes/mqtt/session.ts';
import { type Check, type Finding, idWord } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, nonce } from '../harness/messages.ts';
import { otherCase } from '../harness/other-case.ts';
import { overOf, QOS_LEVELS, tagOf, VERSIONS } from '../harness/protocol.ts';
import { qosNotOffered, whyUnsupported } from '../harness/requirements.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import { boundaryTopics } from './boundary-topics.ts';
import { BOUND_MS, limit, ROUNDS_ELSEWHERE } from './observed-topic.ts';
import { type ConnectionAfter, connectionAfter, type PublishAnswer } from './publication.ts';

/** How many users and topics of a large lab the check tries. */
const MOST_READERS = 8;
const MOST_TOPICS = 40;

/** A message that was sent to an undeclared topic. */
type Sent = {
  readonly topic: string;
  readonly how: 'QoS 0' | 'QoS 1' | 'QoS 2' | 'RETAIN' | 'last will';
  readonly payload: Buffer;
  readonly answer: PublishAnswer;
};

/** No user receives what a user publishes to topics where lab.yaml does not allow it, such as names close to declared ones. */
export function undeclared(testLab: TestLab, user: User): Check[] {
  return VERSIONS.map((version) => ({
    id: `acl.undeclared.${idWord(user.name)}.${tagOf(version)}`,
    claim: `${user.name} reaches no user on topics to which lab.yaml does not let them publish, with messages of any QoS, retained messages and last wills ${overOf(version)}`,
    expected: { delivered: [], ...(version === 5 && testLab.brokerKind === 'lab' ? { codes: ['0x87'] } : {}) },
    factors: [{ action: 'reach undeclared topics', user: user.name, version }],
    version,
    boundMs: BOUND_MS,
    limit,
    run: () => tryUndeclared(testLab, user, version),
  }));
}

async function tryUndeclared(testLab: TestLab, user: User, version: Version): Promise<Finding> {
  const isOwn = testLab.brokerKind === 'lab';
  const [free, ...near] = undeclaredTopics(testLab.lab, user.name, nonce(), testLab.brokerKind);
  if (free === undefined) {
    const reason = `${user.name} may publish to every topic that the check would try`;
    return { verdict: 'skipped', observed: { topics: [] }, reason };
  }
  const edges = deniedEdges(testLab.lab, user.name, testLab.brokerKind);
  const topics = [free, ...near, ...edges];
  const others = testLab.lab.users.filter(({ name }) => name !== user.name).slice(0, MOST_READERS - 1);
  const senders: RawSession[] = [];
  const readers: RawSession[] = [];
  const connect = async () => {
    const sender = await testLab.raw(user, { version });
    senders.push(sender);
    return sender;
  };
  const subscribe = async (reader: User) => {
    const session = await testLab.raw(reader, { version });
    readers.push(session);
    // a refused subscription is as good as one that receives nothing
    await Promise.all(topics.map((topic) => session.subscribe(topic, 1).catch(() => 0x80)));
  };
  try {
    await Promise.all([user, ...others].map(subscribe));
    const sent = [
      ...(await publishAll(testLab, connect, { free, near, edges })),
      await leaveWill(testLab, user, version, free),
    ];
    // new subscriptions, for what the broker retained
    await Promise.all([user, ...others].map(subscribe));
    const connections: ConnectionAfter[] = [];
    for (let round = isOwn ? ROUNDS_ELSEWHERE : 1; round <= ROUNDS_ELSEWHERE; round += 1) {
      connections.push(...(await Promise.all(readers.map(connectionAfter))));
    }
    await clear(connect, free);
    const delivered = sent.filter(({ payload }) => readers.some(({ packets }) => packets.some(isMessage(payload))));
    const isReaderLost = connections.includes('silent') || (isOwn && connections.includes('closed'));
    const payloads = sent.map(({ payload }) => payload);
    return {
      ...judgeUndeclared(sent, delivered, { isReaderLost, byCode: version === 5 && isOwn }),
      evidence: senders.flatMap(({ packets }) => evidence(user.name, ownPackets(packets, payloads))),
    };
  } finally {
    await Promise.all([...senders, ...readers].map((session) => session[Symbol.asyncDispose]()));
  }
}

/** One after the other, since a broker may close the connection upon each denial. Only the free topic gets a retained message. */
async function publishAll(
  testLab: TestLab,
  connect: () => Promise<RawSession>,
  { free, near, edges }: { readonly free: string; readonly near: readonly string[]; readonly edges: readonly string[] },
): Promise<Sent[]> {
  const sent: Sent[] = [];
  let sender: RawSession | undefined;
  const levels = QOS_LEVELS.filter((qos) => whyUnsupported(testLab, { qos }) === undefined);
  const retained = whyUnsupported(testLab, { retained: true, qos: 1 }) === undefined ? [free] : [];
  const at = (qos: QoS) => (topic: string) => ({ topic, how: `QoS ${qos}` as const, options: { qos } });
  const messages = [
    ...[free, ...near].flatMap((topic) => levels.map((qos) => at(qos)(topic))),
    // there may be many; QoS 1 brings an answer
    ...edges.map(at(levels.includes(1) ? 1 : 0)),
    ...retained.map((topic) => ({ topic, how: 'RETAIN' as const, options: { qos: 1 as QoS, retain: true } })),
  ];
  for (const { topic, how, options } of messages) {
    sender ??= await connect();
    if (qosNotOffered(testLab, sender, options.qos) !== undefined) continue;
    const payload = Buffer.from(`undeclared ${nonce()}`);
    const answer = await sender.publish(topic, payload, options).catch(() => 'nothing' as const);
    sent.push({ topic, how, payload, answer });
    if (typeof answer === 'object' && answer.kind === 'closed') sender = undefined;
  }
  if (sender !== undefined) await connectionAfter(sender);
  return sent;
}

async function leaveWill(testLab: TestLab, user: User, version: Version, topic: string): Promise<Sent> {
  const payload = Buffer.from(`undeclared will ${nonce()}`);
  const will = { topic, payload, qos: 0, retain: false } as const;
  // an external broker may refuse the CONNECT for its will
  const owner = await ignoreFailure(testLab.raw(user, { version, will }));
  await owner?.fin();
  return { topic, how: 'last will', payload, answer: owner === undefined ? 'nothing' : { kind: 'sent' } };
}

/** Removes what the broker retained although it should not have. */
async function clear(connect: () => Promise<RawSession>, topic: string): Promise<void> {
  const sender = await connect();
  await ignoreFailure(sender.publish(topic, Buffer.alloc(0), { qos: 1, retain: true }));
}

/** Judges by what arrived. Mosquitto's reason code also shows what no client could receive. */
export function judgeUndeclared(
  sent: readonly Sent[],
  delivered: readonly Sent[],
  { isReaderLost, byCode }: { readonly isReaderLost: boolean; readonly byCode: boolean },
): Finding {
  const codeOf = ({ answer }: Sent) =>
    typeof answer === 'object' && answer.kind === 'acknowledged' ? answer.code : undefined;
  const codes = [...new Set(sent.map(codeOf))].filter((code) => code !== undefined);
  const text = ({ topic, how }: Sent) => `${topic} (${how})`;
  const observed = {
    topics: [...new Set(sent.map(({ topic }) => topic))],
    delivered: delivered.map(text),
    codes: codes.map((code) => `0x${code.toString(16).padStart(2, '0')}`),
  };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (delivered.length > 0) return fail(`messages arrived on ${observed.delivered.join(', ')}`);
  if (isReaderLost) return fail('a subscriber lost its connection, so nothing is proved');
  const isAcknowledged = ({ how }: Sent) => how !== 'QoS 0' && how !== 'last will';
  const accepted = sent.filter((one) => isAcknowledged(one) && codeOf(one) !== 0x87);
  if (!byCode || accepted.length === 0) return { verdict: 'pass', observed };
  return fail(`the broker did not deny messages to ${accepted.map(text).join(', ')}`);
}

/**
 * A free topic, and for each declared topic those that a careless rule would allow, where the user may not publish. On an
 * external broker such a topic may be in use, so there each name has a unique part.
 */
export function undeclaredTopics(
  lab: Pick<Lab, 'topics' | 'rules' | 'users'>,
  user: string,
  unique: string,
  brokerKind: BrokerKind,
): string[] {
  const declared = lab.topics.map(({ name }) => name);
  const near = declared.flatMap((name) => [
    `${name}/${unique}`,
    `${name}${unique}`,
    ...(brokerKind === 'lab' ? similarNames(name) : []),
  ]);
  const names = new Set([`lab-undeclared-${unique}`, ...near]);
  const isTried = (name: string) => name !== '' && !declared.includes(name) && !writes(lab, user, name);
  return [...names].filter(isTried).slice(0, MOST_TOPICS);
}

/** The topics at the edges of filters where the user may not publish. */
export function deniedEdges(
  lab: Pick<Lab, 'topics' | 'rules' | 'users'>,
  user: string,
  brokerKind: BrokerKind,
): string[] {
  return boundaryTopics(lab, brokerKind).topics.filter((topic) => !writes(lab, user, topic));
}

function similarNames(name: string): string[] {
  return [`/${name}`, `${name}/`, [...name].slice(0, -1).join(''), otherCase(name)];
}
