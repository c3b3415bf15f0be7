import type { EventOf, LiveEvent, NewEvent, Saved } from '../../protocol.ts';
import { openState } from '../../state/state.ts';
import { connectionRule } from './connections.ts';
import { exchangeRule } from './exchanges.ts';
import { figuresRule } from './figures.ts';
import { frameRule } from './frames.ts';
import { orderRule } from './order.ts';
import type { Rule } from './rule.ts';

type Proved = NewEvent & { is: 'proved' };

const RULES = [orderRule, connectionRule, frameRule, exchangeRule, figuresRule];
/** A broken transcript needs no longer list. */
const MOST = 100;

/** What in the saved events cannot be true together. `replayed`: the proofs that the events give. */
export function contradictionsIn({ events }: Saved, replayed: readonly Proved[]): string[] {
  const state = openState();
  const rules: Rule[] = RULES.map((open) => open(events));
  const found: string[] = [];
  for (const event of events) {
    const seen = state.take(event);
    for (const rule of rules) for (const text of rule(event, seen)) found.push(`event ${event.seq}: ${text}`);
    if (found.length >= MOST) return [...found.slice(0, MOST), 'and more'];
  }
  return [...found, ...proofs(events, replayed)];
}

function proofs(events: readonly LiveEvent[], replayed: readonly Proved[]): string[] {
  const saved = events.filter((event) => event.is === 'proved');
  const isSame = (one: Proved, other: EventOf<'proved'>) =>
    one.step === other.step &&
    one.seqs.length === other.seqs.length &&
    one.seqs.every((seq) => other.seqs.includes(seq));
  const wrong = saved.filter((event) => !replayed.some((one) => isSame(one, event)));
  const early = saved.filter(({ seq, seqs }) => seqs.some((one) => one >= seq));
  const twice = saved.filter((event) => saved.some((other) => other.step === event.step && other.seq < event.seq));
  const missing = replayed.filter((one) => !saved.some((event) => isSame(one, event)));
  return [
    ...wrong.map(({ seq, step }) => `event ${seq}: step ${step} is marked as proved, but not by these packets`),
    ...early.map(({ seq, step }) => `event ${seq}: step ${step} is proved by later events`),
    ...twice.map(({ seq, step }) => `event ${seq}: step ${step} is proved a second time`),
    ...missing.map(({ step }) => `the packets prove step ${step}, but it is not marked as proved`),
  ];
}
