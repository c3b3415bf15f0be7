import { deferred } from '../provisioning/deferred.ts';

/** A thing that was waited for and did not come; the message names who waited, for what and how long. */
export class NotSeen extends Error {
  override readonly name = 'NotSeen';
}

/** What came in so far, in order, and a way to wait for more of it. */
export type Feed<T> = {
  readonly items: readonly T[];
  push(item: T): void;
  /** Nothing more will come; whoever still waits gets a NotSeen with this reason. */
  end(reason: string): void;
  /** The first item that matches, already here or still to come; rejects with NotSeen after `boundMs` or when the feed ends. */
  first(matches: (item: T) => boolean, what: string, boundMs: number): Promise<T>;
};

export function openFeed<T>(subject: string): Feed<T> {
  const items: T[] = [];
  const waiting = new Set<{ matches: (item: T) => boolean; resolve: (item: T) => void; fail: (why: string) => void }>();
  let ended: string | undefined;
  return {
    items,
    push(item) {
      items.push(item);
      for (const waiter of [...waiting]) {
        if (waiter.matches(item)) waiter.resolve(item);
      }
    },
    end(reason) {
      ended ??= reason;
      for (const waiter of [...waiting]) waiter.fail(reason);
    },
    async first(matches, what, boundMs) {
      const here = items.find(matches);
      if (here !== undefined) return here;
      if (ended !== undefined) throw new NotSeen(`${subject}: no ${what}: ${ended}`);
      const came = deferred<T>();
      const fail = (why: string) => came.reject(new NotSeen(`${subject}: no ${what}: ${why}`));
      const waiter = { matches, resolve: came.resolve, fail };
      const timer = setTimeout(() => fail(`not within ${boundMs / 1000} s`), boundMs);
      waiting.add(waiter);
      try {
        return await came.promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(waiter);
      }
    },
  };
}

/** A promise with a bound; rejects with NotSeen after `boundMs`. The work itself goes on: end it where it began. */
export async function within<T>(work: Promise<T>, what: string, boundMs: number): Promise<T> {
  const late = deferred<never>();
  const timer = setTimeout(() => late.reject(new NotSeen(`no ${what} within ${boundMs / 1000} s`)), boundMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
