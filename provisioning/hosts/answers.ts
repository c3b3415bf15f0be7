import type { Secret } from '../../base/secret.ts';

/** What a person has told this process and proved right, by what it is for: nobody is asked twice in one command. */
const answers = new Map<string, Secret>();

export function remember(what: string, answer: Secret): void {
  answers.set(what, answer);
}

export function recall(what: string): Secret | undefined {
  return answers.get(what);
}

export type Answer = readonly [what: string, answer: Secret];

/** All of them, for a process that this one starts and that has no terminal. */
export function allAnswers(): readonly Answer[] {
  return [...answers];
}
