import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { oneAtATime } from './limit.ts';

/** Whether there is a person to ask: questions and their answers go over a terminal alone. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Steps aside, and gives how to come back. */
type StepAside = () => () => void;

const displays = new Set<StepAside>();

/** Has what draws on the terminal step aside while a question stands there; gives how to end that. */
export function duringQuestions(stepAside: StepAside): () => void {
  displays.add(stepAside);
  return () => displays.delete(stepAside);
}

const onTerminal = oneAtATime();

/**
 * For what may take several questions, each upon the outcome of the last, such as a login: hosts are opened side by side, and a person answers one of them
 * after the other. What was answered for one may do for the next, so look whether the question still stands.
 */
export const withPerson = oneAtATime();

/** A line on standard error, in nobody's question and under no display. */
export function notice(text: string): void {
  void inTurn(async () => {
    process.stderr.write(`${text}\n`);
  });
}

/** Asks for one line; undefined without a terminal, when that is closed, or when Ctrl-C or the signal comes in place of an answer. Questions wait for each other. */
export async function askLine(question: string, signal?: AbortSignal): Promise<string | undefined> {
  return canAsk() ? await inTurn(() => readLine(question, 'shown', signal)) : undefined;
}

/** Asks for what nobody may see; as `askLine` otherwise. */
export async function askSecretly(question: string, signal?: AbortSignal): Promise<string | undefined> {
  return canAsk() ? await inTurn(() => readLine(question, 'hidden', signal)) : undefined;
}

async function inTurn<T>(speak: () => Promise<T>): Promise<T> {
  return await onTerminal(async () => {
    const back = [...displays].map((stepAside) => stepAside());
    try {
      return await speak();
    } finally {
      for (const comeBack of back.reverse()) comeBack();
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
  // readline takes Ctrl-C for itself; whoever waits for the answer must find the program interrupted
  prompt.on('SIGINT', () => {
    process.once('SIGINT', () => prompt.close());
    process.kill(process.pid, 'SIGINT');
  });
  const closed = new Promise<undefined>((resolve) => prompt.once('close', () => resolve(undefined)));
  const onAbort = () => prompt.close();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (typed === 'hidden') process.stderr.write(question);
    const answer = prompt.question(typed === 'hidden' ? '' : question).catch(() => undefined);
    return await Promise.race([answer, closed]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    prompt.close();
    if (typed === 'hidden') process.stderr.write('\n');
  }
}
