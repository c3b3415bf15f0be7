import type { User } from '../../lab-file/lab.ts';
import { may } from '../../lab-file/may.ts';
import { type Check, type Finding, idWord } from '../harness/check.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { optionOf } from '../harness/requirements.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, limit } from './observed-topic.ts';
import { type ConnectionAfter, connectionAfter, noDenialShown } from './publication.ts';
import { granted, leaks, NO_ANSWER, type Suback } from './subscribe.ts';

/** One of the topics that Mosquitto retains from its start. */
const RETAINED = '$SYS/broker/version';

/** Whether a user reads only those of the broker's own topics that lab.yaml allows. */
export function system(testLab: TestLab, user: User): Check[] {
  const { lab, brokerKind } = testLab;
  const given = lab.rules.filter(({ filter, subscribe }) => filter.startsWith('$SYS') && subscribe.includes(user.name));
  const claim =
    given.length === 0
      ? `${user.name} may not read the broker's own topics by a subscription to $SYS/#`
      : `of the broker's own topics, ${user.name} receives only those of ${given.map(({ filter }) => filter).join(', ')} by a subscription to $SYS/#`;
  const isPublished = brokerKind === 'lab' && optionOf(lab.broker, 'sys_interval') !== '0';
  const isDue = isPublished && may(lab, user.name, 'subscribe', RETAINED);
  return VERSIONS.map((version) => ({
    id: `acl.sys.${idWord(user.name)}.${tagOf(version)}`,
    claim: `${claim} ${overOf(version)}`,
    expected: { topics: [], ...(isDue ? { readsAny: true } : {}) },
    factors: [{ action: 'read $SYS', user: user.name, version }],
    version,
    boundMs: BOUND_MS,
    limit,
    async run() {
      await using client = await testLab.raw(user, { version });
      const suback = await client.subscribe('$SYS/#', 1).catch(() => NO_ANSWER);
      const connection = await connectionAfter(client);
      const topics = leaks(lab, user.name, client.packets);
      const readsAny = client.packets.some(({ topic }) => topic?.startsWith('$SYS/'));
      return judgeSystem({ topics, readsAny, isDue, suback, connection }, brokerKind);
    },
  }));
}

type SystemTopics = {
  /** Those that the user may not read. */
  readonly topics: readonly string[];
  readonly readsAny: boolean;
  /** Whether the user must receive some. */
  readonly isDue: boolean;
  readonly suback: Suback;
  readonly connection: ConnectionAfter;
};

/** Mosquitto retains its own topics, so a reader receives some at once. An external broker may have none. */
export function judgeSystem(seen: SystemTopics, brokerKind: BrokerKind): Finding {
  const { topics, readsAny, isDue, suback, connection } = seen;
  const observed = { topics, readsAny, suback };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (topics.length > 0) return fail(`messages arrived on ${topics.length} of the broker's own topics`);
  const unanswered = noDenialShown(
    { answer: suback === 'nothing' ? suback : { kind: 'sent' }, connection },
    brokerKind,
  );
  if (unanswered !== undefined) return unanswered;
  if (isDue && !readsAny) return fail("none of the broker's own topics arrived, and lab.yaml allows them");
  if (brokerKind === 'lab' || readsAny || !granted(suback)) return { verdict: 'pass', observed };
  return {
    verdict: 'skipped',
    observed,
    reason: 'the external broker grants the subscription and sends nothing, and may have no such topics',
  };
}
