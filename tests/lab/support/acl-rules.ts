import fc from 'fast-check';
import { may, writes } from '../../../lab-file/may.ts';
import { renderAcl } from '../../../mosquitto/acl.ts';
import { type AclBroker, BROKERS_TOPIC, type Measured } from './acl-broker.ts';
import type { Will } from './acl-wills.ts';
import { boundaryTopics, labTexts, type RuledClient, type RuleSet, ruleSetOf } from './rule-sets.ts';

/** Of each owner, so many wills where it may write, and as many where it may not: each will takes a connection. */
const WILLS = 1;

const ACTIONS = [
  'publish',
  'subscribe',
  'leave a last will',
  'read a retained message',
  'set a retained message',
  'clear a retained message',
] as const;
type Action = (typeof ACTIONS)[number];

/** What a client tries on a topic, whether may() allows it, and how often it took effect. */
type Decision = RuledClient & {
  readonly action: Action;
  readonly topic: string;
  readonly isAllowed: boolean;
  readonly effects: number;
};

/** How many rule sets were tried, and how many decisions of each kind in all of them. */
export type Tried = { readonly sets: number; readonly tallies: readonly Tally[] };
type Tally = { readonly action: Action; readonly decisions: number; readonly allowed: number };

/**
 * Random lab files: `may`, the ACL file and the broker agree on every topic for every client. Throws with the smallest lab on
 * which they do not.
 */
export async function agreeOnRandomLabs(broker: AclBroker, sets: number, topicsOfEach: number): Promise<Tried> {
  let done = 0;
  let tallies = ACTIONS.map((action): Tally => ({ action, decisions: 0, allowed: 0 }));
  const property = fc.asyncProperty(labTexts, async (text) => {
    const set = ruleSetOf(text);
    const topics = [...boundaryTopics(set, topicsOfEach), BROKERS_TOPIC];
    const acl = renderAcl(set.lab);
    await broker.load(acl);
    const measured = await broker.measure(set.clients, topics);
    const wills = await broker.leave(willsOf(set, topics, done));
    const decisions = [
      ...measured.flatMap((client) => decisionsOf(set, client, topics)),
      ...wills.map(({ owner, topic, came }): Decision => {
        return { ...owner, action: 'leave a last will', topic, isAllowed: mayWrite(set, owner, topic), effects: came };
      }),
    ];
    const wrong = decisions.filter(({ isAllowed, effects }) => effects !== Number(isAllowed));
    if (wrong.length > 0) throw new Error([text, acl, ...wrong.slice(0, 10).map(disagreement)].join('\n'));
    done += 1;
    tallies = tallies.map((tally) => plus(tally, decisions));
  });
  const { failed, seed, counterexamplePath, errorInstance } = await fc.check(property, { numRuns: sets });
  if (failed) throw new Error(`seed ${seed}, path ${counterexamplePath}\n${errorInstance}`);
  return { sets: done, tallies };
}

/** A line for a test's log. */
export function tallyText({ sets, tallies }: Tried): string {
  const texts = tallies.map(({ action, decisions, allowed }) => `${action} ${decisions} (${allowed} allowed)`);
  return `${sets} rule sets: ${texts.join(', ')}`;
}

function plus({ action, decisions, allowed }: Tally, more: readonly Decision[]): Tally {
  const own = more.filter((decision) => decision.action === action);
  const isAllowed = own.filter((decision) => decision.isAllowed);
  return { action, decisions: decisions + own.length, allowed: allowed + isAllowed.length };
}

function disagreement({ user, clientId, action, topic, isAllowed, effects }: Decision): string {
  const right = isAllowed ? 'allowed' : 'denied';
  return `${user} as ${clientId}: ${action} on ${JSON.stringify(topic)}: ${right}, but it took effect ${effects} times`;
}

function mayWrite({ lab }: RuleSet, { user, clientId }: RuledClient, topic: string): boolean {
  return writes(lab, user, topic, clientId);
}

/** Some topics for each owner of a will, others in each run. */
function willsOf(set: RuleSet, topics: readonly string[], run: number): Will[] {
  return set.willOwners.flatMap((owner) =>
    [true, false].flatMap((isAllowed) => {
      const possible = topics.filter((topic) => mayWrite(set, owner, topic) === isAllowed);
      const start = possible.length === 0 ? 0 : (run * WILLS) % possible.length;
      return [...possible.slice(start), ...possible.slice(0, start)].slice(0, WILLS).map((topic) => ({ owner, topic }));
    }),
  );
}

function decisionsOf(set: RuleSet, client: Measured, topics: readonly string[]): Decision[] {
  const { user, clientId, written, received, receivedRetained, sets, clears } = client;
  const writing = (action: Action, topic: string, effects: number): Decision => {
    return { user, clientId, action, topic, isAllowed: mayWrite(set, client, topic), effects };
  };
  const reading = (action: Action, topic: string, effects = 0): Decision => {
    return { user, clientId, action, topic, isAllowed: may(set.lab, user, 'subscribe', topic, clientId), effects };
  };
  // nobody can publish where the broker alone does, so what a client reads is seen on the broker's own message
  const seen = topics.filter((topic) => !topic.startsWith('$SYS'));
  return [
    ...topics.map((topic) => writing('publish', topic, written.get(topic) ?? 0)),
    ...[...seen, BROKERS_TOPIC].map((topic) => reading('subscribe', topic, received.get(topic))),
    ...seen.map((topic) => reading('read a retained message', topic, receivedRetained.get(topic))),
    ...sets.tried.map((topic) => writing('set a retained message', topic, Number(sets.done.includes(topic)))),
    ...clears.tried.map((topic) => writing('clear a retained message', topic, Number(clears.done.includes(topic)))),
  ];
}
