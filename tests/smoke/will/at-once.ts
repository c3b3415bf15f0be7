import { now, type Packet } from '../../../probes/packet.ts';
import type { End } from '../../../probes/raw-session.ts';
import type { Judged } from '../support/deviations.ts';
import { watchStalls } from '../support/stall.ts';
import { since, type WillStage } from './stage.ts';

/** How long a last will that is due at once may take, in milliseconds; 0.6 s was the longest measured on a machine with time. */
export const AT_ONCE_MS = 3_000;
/** How long it may be missing beyond that, so that a late one is told as late and not as missing. */
export const LATER_MS = 5_000;

/** Judges how long after the loss of its owner a last will came; of that, `uncertainMs` may be no delay of the broker's. */
export function judgeAtOnce(afterMs: number, uncertainMs: number): Judged {
  if (afterMs - uncertainMs <= AT_ONCE_MS) return { verdict: 'pass' };
  const after = `${(afterMs / 1000).toFixed(1)} s after the loss`;
  return { verdict: 'fail', reason: `the last will came ${after}, not within ${AT_ONCE_MS / 1000} s` };
}

export type Loss = {
  readonly orderedAt: number;
  /** How the owner's connection ended, where its socket is this process's. */
  readonly end: End | undefined;
  readonly seen: readonly Packet[];
  /** From the order to the first last will; undefined: none came. */
  readonly afterMs: number | undefined;
  readonly uncertainMs: number;
};

/**
 * Loses the owner of a last will and waits for what comes; does not wait for a last will where none is `due`. Uncertain is how long the broker
 * took to notice the loss, where it did, how long the broker took to pass messages on meanwhile, and what kept this process from looking.
 */
export async function loseAtOnce(
  stage: WillStage,
  text: string,
  due: boolean,
  lose: () => Promise<End | undefined>,
): Promise<Loss> {
  const stalls = watchStalls();
  const orderedAt = now();
  const end = await lose();
  const noticedMs = end?.isGivenUp ? 0 : since(orderedAt);
  if (due) await stage.first(text, AT_ONCE_MS + LATER_MS);
  const seen = await stage.untilSentinel(text);
  const uncertainMs = noticedMs + stage.slowestSince(orderedAt) + stalls.stop();
  const [first] = seen;
  return { orderedAt, end, seen, afterMs: first === undefined ? undefined : since(orderedAt, first), uncertainMs };
}
