import type { ChildProcessByStdio } from 'node:child_process';
import { PassThrough, type Readable } from 'node:stream';
import { deferred } from '../../base/deferred.ts';
import { errorMessage, ignoreFailure } from '../../base/errors.ts';
import { startBound } from '../../base/slowness.ts';
import { waitAtMost } from '../../base/wait-at-most.ts';

/** A child whose standard output another party takes, and whose standard error has its messages. */
export type Producer = {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Sends a signal to the child and to all that it has started. */
  readonly end: (signal: 'TERM' | 'KILL') => Promise<void>;
};

/** What failed first; everything after it is a consequence. */
export type FirstCause =
  | { readonly kind: 'interrupted' }
  /** No message and no output for so long: the child gave nothing, or the taker took nothing. */
  | { readonly kind: 'silent'; readonly who: 'child' | 'taker' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'not-started'; readonly why: string }
  | { readonly kind: 'ended'; readonly code: number | undefined; readonly signal: string | undefined };

export type HandOverOptions = {
  /** Takes the output to its end; its signal comes when the hand-over has failed. */
  readonly take: (output: Readable, signal: AbortSignal) => Promise<void>;
  /** A slow machine that makes progress has all the time it needs. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
};

/** How long the child may take to remove its temporary files after TERM, before KILL. */
const GRACE_MS = 60_000;

/** Passes a child's output to a taker; gives what failed first, or undefined where both have succeeded. */
export async function handOver(
  { child, end }: Producer,
  { take, silenceMs, signal }: HandOverOptions,
): Promise<FirstCause | undefined> {
  const failed = new AbortController();
  const failure = deferred<void>();
  let first: FirstCause | undefined;
  const fail = (cause: FirstCause) => {
    first ??= cause;
    failure.resolve();
    failed.abort();
  };
  const exited = new Promise<void>((resolve) => {
    child.once('error', ({ message }) => {
      fail({ kind: 'not-started', why: message });
      resolve();
    });
    child.once('exit', (code, killer) => {
      if (code !== 0) fail({ kind: 'ended', code: code ?? undefined, signal: killer ?? undefined });
      resolve();
    });
  });
  const output = new PassThrough();
  let isTaken = false;
  const bound = startBound(silenceMs, () => {
    const waits = !isTaken && (output.writableNeedDrain || child.stdout.readableEnded);
    fail({ kind: 'silent', who: waits ? 'taker' : 'child' });
  });
  const onAbort = () => fail({ kind: 'interrupted' });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  child.stderr.on('data', bound.renew);
  child.stdout.on('data', bound.renew).pipe(output);
  const taken = take(output, failed.signal).then(
    () => {
      isTaken = true;
    },
    async (error: unknown) => {
      // a child that breaks off spoils what the taker reads
      if (child.stdout.readableEnded) await exited;
      fail({ kind: 'refused', why: errorMessage(error) });
    },
  );
  try {
    await Promise.race([failure.promise, Promise.all([taken, exited])]);
    return first;
  } finally {
    bound.close();
    signal.removeEventListener('abort', onAbort);
    if (first !== undefined) {
      for (const name of ['TERM', 'KILL'] as const) {
        await ignoreFailure(end(name));
        await waitAtMost(GRACE_MS, exited);
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) break;
      }
      child.stdout.destroy();
      output.destroy();
    }
  }
}
