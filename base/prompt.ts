import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { ignoreFailure } from './errors.ts';
import { oneAtATime } from './limit.ts';

/** Whether a person can answer: questions need a terminal for input and for standard error. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Clears what a display has drawn; the function that it gives draws it again. */
type Pause = () => () => void;

const displays = new Set<Pause>();

/** Pauses a display while a question is on the terminal. Gives a function that removes the display again. */
export function pauseDuringQuestions(pause: Pause): () => void {
  displays.add(pause);
  return () => displays.delete(pause);
}

const terminal = oneAtATime();

/**
 * Serialises work that may ask several questions in a row, such as a login, since hosts open in parallel. An answer for
 * one host may serve the next, so check whether the question is still open.
 */
export const withPerson = oneAtATime();

/** Prints a line on standard error, between questions and displays. */
export function notice(text: string): void {
  void onTerminal(async () => {
    process.stderr.write(`${text}\n`);
  });
}

/** Asks for one line, one question at a time. Gives undefined without a terminal, when it closes, and on Ctrl-C or the signal. */
export async function askLine(question: string, signal?: AbortSignal): Promise<string | undefined> {
  return canAsk() ? await onTerminal(() => readLine(question, 'shown', signal)) : undefined;
}

/** Like `askLine`, without showing what is typed. */
export async function askSecretly(question: string, signal?: AbortSignal): Promise<string | undefined> {
  return canAsk() ? await onTerminal(() => readLine(question, 'hidden', signal)) : undefined;
}

async function onTerminal<T>(work: () => Promise<T>): Promise<T> {
  return await terminal(async () => {
    const resumes = [...displays].map((pause) => pause());
    try {
      return await work();
    } finally {
      for (const resume of resumes.reverse()) resume();
    }
  });
}

async function readLine(
  question: string,
  typed: 'shown' | 'hidden',
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (signal?.aborted === true) return undefined;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const output = typed === 'shown' ? process.stderr : nowhere;
  const prompt = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  // readline swallows Ctrl-C, which must interrupt the program too
  prompt.on('SIGINT', () => {
    process.once('SIGINT', () => prompt.close());
    process.kill(process.pid, 'SIGINT');
  });
  const closed = new Promise<undefined>((resolve) => prompt.once('close', () => resolve(undefined)));
  const onAbort = () => prompt.close();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (typed === 'hidden') process.stderr.write(question);
    const answer = ignoreFailure(prompt.question(typed === 'hidden' ? '' : question));
    return await Promise.race([answer, closed]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    prompt.close();
    if (typed === 'hidden') process.stderr.write('\n');
  }
}
