import type { LiveEvent, NewEvent, Rights } from '../protocol.ts';
import { openState } from '../state/state.ts';
import { acknowledging } from './acknowledging.ts';
import { away } from './away.ts';
import { cable } from './cable.ts';
import { connecting } from './connecting.ts';
import { delivering } from './delivering.ts';
import { ending } from './ending.ts';
import { pinging } from './pinging.ts';
import { repeating } from './repeating.ts';
import { restarting } from './restarting.ts';
import { retaining } from './retaining.ts';
import type { Context, OpenSubject, Said } from './subject.ts';
import { subscribing } from './subscribing.ts';
import { takeover } from './takeover.ts';
import { undelivered } from './undelivered.ts';
import { wills } from './wills.ts';

/** Says what just happened, by the packets that were seen. Every event is one of `words`. */
export type Narrator = {
  take(event: LiveEvent): NewEvent[];
  /** For what needs time to pass. `now`: milliseconds since 1970, as `at`; call it about every 250 ms. */
  tick(now: number): NewEvent[];
};

const SUBJECTS: readonly OpenSubject[] = [
  acknowledging,
  connecting,
  takeover,
  subscribing,
  delivering,
  retaining,
  repeating,
  undelivered,
  away,
  pinging,
  ending,
  wills,
  cable,
  restarting,
];

/** `brokerVersion`: of Mosquitto, whose late check of keep alives depends on it. */
export function openNarrator(rights: Rights, brokerVersion?: string): Narrator {
  const state = openState(rights);
  const context: Context = { state, rights, brokerVersion };
  const subjects = SUBJECTS.map((open) => open(context));
  return {
    take(event) {
      const seen = state.take(event);
      return subjects.flatMap((subject) => subject.take(event, seen)).map(wordsEvent);
    },
    tick: (now) => subjects.flatMap((subject) => subject.tick?.(now) ?? []).map(wordsEvent),
  };
}

function wordsEvent({ text, seqs, statement, isContradiction = false }: Said): NewEvent {
  const inOrder = [...new Set(seqs)].sort((one, other) => one - other);
  return { is: 'words', text, ...(statement === undefined ? {} : { statement }), isContradiction, seqs: inOrder };
}
