import type { Lab, User } from '../../lab-file/lab.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { QoS, Version } from '../../probes/mqtt/session.ts';
import { type Check, type Finding, idWord } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, nonce } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { qosNotOffered } from '../harness/requirements.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, limit } from './observed-topic.ts';
import { type ConnectionAfter, connectionAfter, type PublishAnswer } from './publication.ts';

/** Of a lab with more users or topics some are taken, the same number from each. */
const MOST_READERS = 8;
const MOST_TOPICS = 40;
const LEVELS: readonly QoS[] = [0, 1, 2];
/** Round trips in which a broker that promises no order may still pass on what it should not. */
const ROUNDS_ELSEWHERE = 3;

type Tried = {
  readonly topic: string;
  readonly how: 'QoS 0' | 'QoS 1' | 'QoS 2' | 'RETAIN' | 'last will';
  readonly payload: Buffer;
  readonly answer: PublishAnswer;
};

/** What a user publishes to topics that lab.yaml does not declare, nobody receives, the user included; names that are nearly declared ones too. */
export function undeclared(testLab: TestLab, user: User): Check[] {
  return VERSIONS.map((version) => ({
    id: `acl.undeclared.${idWord(user.name)}.${tagOf(version)}`,
    claim: `${user.name} can't reach anybody by a topic that lab.yaml does not declare, be it by a message of any QoS, a retained one or a last will ${overOf(version)}`,
    expected: { delivered: [], ...(version === 5 && testLab.brokerKind === 'lab' ? { codes: ['0x87'] } : {}) },
    version,
    boundMs: BOUND_MS,
    limit,
    run: () => reachingOut(testLab, user, version),
  }));
}

async function reachingOut(testLab: TestLab, user: User, version: Version): Promise<Finding> {
  const topics = undeclaredTopics(testLab.lab, nonce(), testLab.brokerKind);
  const others = testLab.lab.users.filter(({ name }) => name !== user.name).slice(0, MOST_READERS - 1);
  const clients: RawSession[] = [];
  const readers: RawSession[] = [];
  const read = async (who: User) => {
    const reader = await testLab.raw(who, { version });
    readers.push(reader);
    // a refusal is as good as a grant that nothing comes of
    await Promise.all(topics.map((topic) => reader.subscribe(topic, 1).catch(() => 0x80)));
  };
  const connect = async () => {
    const client = await testLab.raw(user, { version });
    clients.push(client);
    return client;
  };
  try {
    await Promise.all([user, ...others].map(read));
    const tried = [
      ...(await publishAll(testLab, connect, topics)),
      ...(await leaveWill(testLab, user, version, topics.slice(0, 1))),
    ];
    // for what is retained, there have to be new subscriptions
    await Promise.all([user, ...others].map(read));
    const connection: ConnectionAfter[] = [];
    for (let round = testLab.brokerKind === 'lab' ? ROUNDS_ELSEWHERE : 1; round <= ROUNDS_ELSEWHERE; round += 1) {
      connection.push(...(await Promise.all(readers.map(connectionAfter))));
    }
    await clear(connect, topics.slice(0, 1));
    const delivered = tried.filter(({ payload }) => readers.some(({ packets }) => packets.some(isMessage(payload))));
    const isLost = connection.includes('silent') || (testLab.brokerKind === 'lab' && connection.includes('closed'));
    return {
      ...judgeUndeclared(tried, delivered, { isLost, byCode: version === 5 && testLab.brokerKind === 'lab' }),
      evidence: clients.flatMap(({ packets }) =>
        evidence(
          user.name,
          ownPackets(
            packets,
            tried.map(({ payload }) => payload),
          ),
        ),
      ),
    };
  } finally {
    await Promise.all([...clients, ...readers].map((session) => session[Symbol.asyncDispose]()));
  }
}

/** One after the other; a broker may close the connection upon each that it denies. What is retained is tried on the first topic alone, which is nobody's. */
async function publishAll(
  testLab: TestLab,
  connect: () => Promise<RawSession>,
  topics: readonly string[],
): Promise<Tried[]> {
  const tried: Tried[] = [];
  let client: RawSession | undefined;
  const optionSets = topics.flatMap((topic, index) => [
    ...LEVELS.map((qos) => ({ topic, how: `QoS ${qos}` as const, options: { qos } })),
    ...(index === 0 ? [{ topic, how: 'RETAIN' as const, options: { qos: 1 as QoS, retain: true } }] : []),
  ]);
  for (const { topic, how, options } of optionSets) {
    client ??= await connect();
    if (qosNotOffered(testLab, client, options.qos) !== undefined) continue;
    const payload = Buffer.from(`undeclared ${nonce()}`);
    const answer = await client.publish(topic, payload, options).catch(() => 'nothing' as const);
    tried.push({ topic, how, payload, answer });
    if (typeof answer === 'object' && answer.kind === 'closed') client = undefined;
  }
  if (client !== undefined) await connectionAfter(client);
  return tried;
}

async function leaveWill(testLab: TestLab, user: User, version: Version, topics: readonly string[]): Promise<Tried[]> {
  return await Promise.all(
    topics.map(async (topic): Promise<Tried> => {
      const payload = Buffer.from(`undeclared will ${nonce()}`);
      const will = { topic, payload, qos: 0, retain: false } as const;
      // a broker may refuse the CONNECT for its will
      const owner = await testLab.raw(user, { version, will }).catch(() => undefined);
      await owner?.fin();
      return { topic, how: 'last will', payload, answer: owner === undefined ? 'nothing' : { kind: 'sent' } };
    }),
  );
}

/** Where the broker has retained what it should not have, nothing of it stays. */
async function clear(connect: () => Promise<RawSession>, topics: readonly string[]): Promise<void> {
  const client = await connect();
  for (const topic of topics) {
    await client.publish(topic, Buffer.alloc(0), { qos: 1, retain: true }).catch(() => undefined);
  }
}

/** By what came; Mosquitto's reason code tells too where nobody could receive it. */
export function judgeUndeclared(
  tried: readonly Tried[],
  delivered: readonly Tried[],
  { isLost, byCode }: { readonly isLost: boolean; readonly byCode: boolean },
): Finding {
  const codes = tried.map(({ answer }) =>
    typeof answer === 'object' && answer.kind === 'acknowledged' ? answer.code : undefined,
  );
  const known = [...new Set(codes)].filter((code) => code !== undefined);
  const text = ({ topic, how }: Tried) => `${topic} (${how})`;
  const observed = {
    topics: [...new Set(tried.map(({ topic }) => topic))],
    delivered: delivered.map(text),
    codes: known.map((code) => `0x${code.toString(16).padStart(2, '0')}`),
  };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (delivered.length > 0) return fail(`messages came on ${observed.delivered.join(', ')}`);
  if (isLost) return fail('a subscriber lost its connection, so nothing is shown');
  const isAsked = ({ how }: Tried) => how !== 'QoS 0' && how !== 'last will';
  const accepted = tried.filter((one, index) => isAsked(one) && codes[index] !== 0x87);
  if (!byCode || accepted.length === 0) return { verdict: 'pass', observed };
  return fail(`not denied was what was published to ${accepted.map(text).join(', ')}`);
}

/**
 * A topic that nobody has thought of, and for each declared one those that a careless rule would let through. On a broker that is not the lab's they
 * may be somebody's, so there each has something in it that makes it nobody's.
 */
export function undeclaredTopics({ topics }: Pick<Lab, 'topics'>, unique: string, brokerKind: BrokerKind): string[] {
  const declared = topics.map(({ name }) => name);
  const near = declared.flatMap((name) => [
    `${name}/${unique}`,
    `${name}${unique}`,
    ...(brokerKind === 'lab' ? somebodys(name) : []),
  ]);
  const all = [`lab-undeclared-${unique}`, ...near].filter((name) => name !== '' && !declared.includes(name));
  return [...new Set(all)].slice(0, MOST_TOPICS);
}

function somebodys(name: string): string[] {
  const otherCase = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
  return [`/${name}`, `${name}/`, [...name].slice(0, -1).join(''), otherCase];
}
