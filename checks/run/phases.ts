import { deferred } from '../../base/deferred.ts';
import { oneAtATime } from '../../base/limit.ts';
import type { Check } from '../harness/check.ts';

type Phased = Pick<Check, 'scope' | 'isLoad' | 'waits'>;

/** Time for the clients of waiting checks to log in, also on a Pi. It is short compared with their waits. */
const HEAD_START_MS = 800;

/**
 * Starts each check in its phase: waiting checks at once, the others a moment later, loads after the quick checks,
 * disruptive checks last and one at a time.
 */
export function openPhases(checks: readonly Phased[]): <T>(check: Phased, work: () => Promise<T>) => Promise<T> {
  const isDisruptive = ({ scope }: Phased) => scope === 'disruptive';
  const isQuick = ({ scope = 'quick', isLoad }: Phased) => scope === 'quick' && isLoad !== true;
  const quick = countdown(checks.filter(isQuick).length);
  const undisruptive = countdown(checks.filter((check) => !isDisruptive(check)).length);
  const limit = oneAtATime();
  const headStart = checks.some(({ waits }) => waits)
    ? new Promise((resolve) => setTimeout(resolve, HEAD_START_MS))
    : undefined;
  return async (check, work) => {
    if (isDisruptive(check)) {
      await undisruptive.over;
      return await limit(work);
    }
    if (check.waits !== true && headStart !== undefined) await headStart;
    if (check.isLoad === true) await quick.over;
    try {
      return await work();
    } finally {
      if (isQuick(check)) quick.down();
      undisruptive.down();
    }
  };
}

function countdown(from: number): { readonly over: Promise<void>; down(): void } {
  const over = deferred<void>();
  let left = from;
  if (left === 0) over.resolve();
  return {
    over: over.promise,
    down() {
      left -= 1;
      if (left === 0) over.resolve();
    },
  };
}
