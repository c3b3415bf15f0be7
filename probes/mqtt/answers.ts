/** Answers that a broker gives at once or not at all, by the first word of what a client waits for. */
const ANSWERS = new Set(['acknowledgement', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBACK', 'UNSUBACK', 'PINGRESP']);
/** So many waits in vain, and none with success, show that the broker never gives the answer. */
const PROVED_BY = 5;
const SHORTENED = 0.25;

type Seen = { late: number; hasCome: boolean };
/** Of the whole process, as the slowness is: a run has one broker. */
const known = new Map<string, Seen>();

/** Forgets what an earlier run learned: its broker may have been another. */
export function forgetAnswers(): void {
  known.clear();
}

/** Records whether the answer came or its bound passed. */
export function learnAnswer(what: string, became: 'come' | 'late'): void {
  const [answer = ''] = what.split(' ');
  if (!ANSWERS.has(answer)) return;
  const seen = known.get(answer) ?? { late: 0, hasCome: false };
  known.set(answer, seen);
  if (became === 'come') seen.hasCome = true;
  else seen.late += 1;
}

/** The share of its bound that a wait gets: the whole, or a quarter where the broker never gives the answer. */
export function patienceFor(what: string): number {
  const seen = known.get(what.split(' ')[0] ?? '');
  return seen === undefined || seen.hasCome || seen.late < PROVED_BY ? 1 : SHORTENED;
}
