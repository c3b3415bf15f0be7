import type { Secret } from '../../base/secret.ts';

/** Passwords that a person typed and a host accepted, by what they are for: a command asks for each once. */
const answers = new Map<string, Secret>();

export function remember(what: string, answer: Secret): void {
  answers.set(what, answer);
}

export function recall(what: string): Secret | undefined {
  return answers.get(what);
}
