import type { RawSession } from '../../../probes/raw-session.ts';
import type { Version } from '../../../probes/session.ts';
import type { Lab, User } from '../../../provisioning/lab-file/lab.ts';
import { type Check, type Finding, word } from '../support/check.ts';
import { evidence, ownPackets } from '../support/evidence.ts';
import { isMessage } from '../support/matching.ts';
import { nonce, type World } from '../support/world.ts';
import { type Answer, BOUND_MS, dealtWith, over, tag, turns, VERSIONS } from './stage.ts';

/** Of a lab with more users or topics some are taken, the same number from each. */
const MOST_READERS = 8;
const MOST_TOPICS = 40;

type Published = Answer & { readonly topic: string; readonly payload: Buffer };

/** What a user publishes to topics that lab.yaml does not declare, nobody receives, the user included; names that are nearly declared ones too. */
export function undeclared(world: World, user: User): Check[] {
  return VERSIONS.map((version) => ({
    id: `acl.undeclared.${word(user.name)}.${tag(version)}`,
    claim: `${user.name} can't reach anybody by a topic that lab.yaml does not declare ${over(version)}`,
    expected: { delivered: [], ...(version === 5 && world.isOurs ? { codes: ['0x87'] } : {}) },
    version,
    boundMs: BOUND_MS,
    turns,
    run: () => reachingOut(world, user, version),
  }));
}

async function reachingOut(world: World, user: User, version: Version): Promise<Finding> {
  const topics = undeclaredTopics(world.lab, nonce());
  const others = world.lab.users.filter(({ name }) => name !== user.name).slice(0, MOST_READERS - 1);
  const sessions: RawSession[] = [];
  const enter = async (who: User) => {
    const session = await world.raw(who, { version });
    sessions.push(session);
    return session;
  };
  try {
    const readers = await Promise.all([user, ...others].map(enter));
    // a refusal is as good as a grant that nothing comes of
    await Promise.all(readers.flatMap((reader) => topics.map((topic) => reader.subscribe(topic, 1).catch(() => 0x80))));
    const published = await publishAll(() => enter(user), topics);
    await Promise.all(readers.map(dealtWith));
    const delivered = published.filter(({ payload }) =>
      readers.some(({ packets }) => packets.some(isMessage(payload))),
    );
    const names = delivered.map(({ topic }) => topic);
    const payloads = published.map(({ payload }) => payload);
    return {
      ...judgeUndeclared(published, names, version === 5 && world.isOurs),
      evidence: sessions
        .slice(readers.length)
        .flatMap(({ packets }) => evidence(user.name, ownPackets(packets, payloads))),
    };
  } finally {
    await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
  }
}

/** One after the other; a broker may close the connection upon each that it denies. */
async function publishAll(enter: () => Promise<RawSession>, topics: readonly string[]): Promise<Published[]> {
  const published: Published[] = [];
  let acting: RawSession | undefined;
  for (const topic of topics) {
    acting ??= await enter();
    const payload = Buffer.from(`undeclared ${nonce()}`);
    const answer = await acting.publish(topic, payload, { qos: 1 }).catch(() => 'nothing' as const);
    published.push({ topic, payload, answer });
    if (typeof answer === 'object' && answer.kind === 'closed') acting = undefined;
  }
  return published;
}

/** By what came; Mosquitto's reason code tells too where nobody could receive it. */
export function judgeUndeclared(
  published: readonly Published[],
  delivered: readonly string[],
  byCode: boolean,
): Finding {
  const codes = published.map(({ answer }) =>
    typeof answer === 'object' && answer.kind === 'acknowledged' ? answer.code : undefined,
  );
  const shown = [...new Set(codes)].map((code) =>
    code === undefined ? 'none' : `0x${code.toString(16).padStart(2, '0')}`,
  );
  const observed = { topics: published.map(({ topic }) => topic), delivered, codes: shown };
  if (delivered.length > 0) return { verdict: 'fail', observed, reason: `messages came on ${delivered.join(', ')}` };
  const accepted = published.filter((_, index) => codes[index] !== 0x87).map(({ topic }) => topic);
  if (!byCode || accepted.length === 0) return { verdict: 'pass', observed };
  return { verdict: 'fail', observed, reason: `accepted was what was published to ${accepted.join(', ')}` };
}

/** A topic that nobody has thought of, and for each declared one those that a careless rule would let through. */
export function undeclaredTopics({ topics }: Pick<Lab, 'topics'>, unique: string): string[] {
  const declared = topics.map(({ name }) => name);
  const near = declared.flatMap((name) => [
    `${name}/${unique}`,
    `${name}x`,
    `/${name}`,
    `${name}/`,
    [...name].slice(0, -1).join(''),
    name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase(),
  ]);
  const all = [`lab-undeclared-${unique}`, ...near].filter((name) => name !== '' && !declared.includes(name));
  return [...new Set(all)].slice(0, MOST_TOPICS);
}
