import type { User } from '../../lab-file/lab.ts';
import type { Check, Finding } from '../harness/check.ts';
import { idWord } from '../harness/check.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, limit } from './observed-topic.ts';
import { type ConnectionAfter, connectionAfter, noDenialShown } from './publication.ts';
import { granted, leaks, NO_ANSWER, type Suback } from './subscribe.ts';

/** `$SYS` needs a right of its own. */
export function system(testLab: TestLab, user: User): Check[] {
  const own = testLab.lab.rules.filter(
    ({ filter, subscribe, deny }) =>
      filter.startsWith('$SYS') && subscribe.includes(user.name) && !deny.includes(user.name),
  );
  const readsAll = own.some(({ filter }) => filter === '$SYS/#');
  const does =
    own.length === 0
      ? "may not read the broker's own topics"
      : `may read ${own.map(({ filter }) => filter).join(', ')} and no other of the broker's own topics`;
  return VERSIONS.map((version) => ({
    id: `acl.sys.${idWord(user.name)}.${tagOf(version)}`,
    claim: `${user.name} ${does} by a subscription to $SYS/# ${overOf(version)}`,
    expected: { topics: [], ...(readsAll ? { readsAny: true } : {}) },
    factors: [{ action: 'read $SYS', user: user.name, version }],
    version,
    boundMs: BOUND_MS,
    limit,
    async run() {
      await using client = await testLab.raw(user, { version });
      const suback = await client.subscribe('$SYS/#', 1).catch(() => NO_ANSWER);
      const connection = await connectionAfter(client);
      const topics = leaks(testLab.lab, user.name, client.packets);
      const readsAny = client.packets.some(({ topic }) => topic?.startsWith('$SYS/'));
      const judged = judgeSystem({ topics, suback, connection }, testLab.brokerKind);
      if (!readsAll || judged.verdict === 'fail') return judged;
      const observed = { topics, suback, readsAny };
      if (readsAny) return { verdict: 'pass', observed };
      return { verdict: 'fail', observed, reason: "none of the broker's own topics arrived, and lab.yaml allows it" };
    },
  }));
}

type SystemTopics = {
  readonly topics: readonly string[];
  readonly suback: Suback;
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
