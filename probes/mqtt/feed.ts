import { deferred } from '../../base/deferred.ts';

/** A thing that was waited for and did not come; the message names who waited, for what and how long. */
export class NotSeen extends Error {
  override readonly name = 'NotSeen';
}

/**
 * How long to wait: milliseconds, or as long as something else keeps coming in. A broker that serves one packet of a connection after the other
 * answers late where there is much to answer before, and is not silent meanwhile.
 */
export type Bound = number | { readonly quietMs: number; readonly atMostMs: number };

/** Beyond the bound, at the most, while other things come in. */
const LONGEST = 4;

/** A bound on silence: four times as long while other things come in. */
export function onceQuiet(quietMs: number): Bound {
  return { quietMs, atMostMs: LONGEST * quietMs };
}

/** What came in so far, in order, and a way to wait for more of it. */
export type Feed<T> = {
  readonly items: readonly T[];
  push(item: T): void;
  /** Nothing more will come; whoever still waits gets a NotSeen with this reason. */
  end(reason: string): void;
  /** The first item that matches, already here or still to come; rejects with NotSeen after the bound or when the feed ends. */
  first(matches: (item: T) => boolean, what: string, bound: Bound): Promise<T>;
  /** What the work gives that ends with something that comes in; rejects with NotSeen after the bound. */
  until<R>(work: Promise<R>, what: string, bound: Bound): Promise<R>;
};

/** `isFromOther` tells what comes in from what is taken down of this side; only that is waited on for quiet. */
export function openFeed<T>(subject: string, isFromOther: (item: T) => boolean = () => true): Feed<T> {
  const items: T[] = [];
  const waiting = new Set<{ offer(item: T): void; fail(why: string): void }>();
  let ended: string | undefined;
  const until = async <R>(
    work: Promise<R>,
    what: string,
    bound: Bound,
    { offer, endsWithFeed }: { offer(item: T): boolean; endsWithFeed: boolean },
  ): Promise<R> => {
    const failed = deferred<never>();
    const fail = (why: string) => failed.reject(new NotSeen(`${subject}: no ${what}: ${why}`));
    const patience = openPatience(bound, fail);
    const waiter = {
      offer(item: T) {
        if (!offer(item) && isFromOther(item)) patience.renew();
      },
      fail: (why: string) => (endsWithFeed ? fail(why) : undefined),
    };
    waiting.add(waiter);
    try {
      return await Promise.race([work, failed.promise]);
    } finally {
      patience.close();
      waiting.delete(waiter);
    }
  };
  return {
    items,
    push(item) {
      items.push(item);
      for (const waiter of [...waiting]) waiter.offer(item);
    },
    end(reason) {
      ended ??= reason;
      for (const waiter of [...waiting]) waiter.fail(reason);
    },
    async first(matches, what, bound) {
      const here = items.find(matches);
      if (here !== undefined) return here;
      if (ended !== undefined) throw new NotSeen(`${subject}: no ${what}: ${ended}`);
      const came = deferred<T>();
      const offer = (item: T) => {
        const isIt = matches(item);
        if (isIt) came.resolve(item);
        return isIt;
      };
      return await until(came.promise, what, bound, { offer, endsWithFeed: true });
    },
    until: (work, what, bound) => until(work, what, bound, { offer: () => false, endsWithFeed: false }),
  };
}

function openPatience(bound: Bound, fail: (why: string) => void): { renew(): void; close(): void } {
  const { quietMs, atMostMs } = typeof bound === 'number' ? { quietMs: bound, atMostMs: bound } : bound;
  const from = performance.now();
  let isRenewed = false;
  let givingUp: NodeJS.Immediate | undefined;
  const seconds = () => (isRenewed ? ((performance.now() - from) / 1000).toFixed(1) : quietMs / 1000);
  const timer = setTimeout(() => {
    // what has come in while this process had no turn is read before: timers go first otherwise
    givingUp = setImmediate(() => fail(`not within ${seconds()} s`));
  }, quietMs);
  return {
    renew() {
      if (performance.now() + quietMs >= from + atMostMs) return;
      isRenewed = true;
      clearImmediate(givingUp);
      timer.refresh();
    },
    close() {
      clearTimeout(timer);
      clearImmediate(givingUp);
    },
  };
}

/** A promise with a bound; rejects with NotSeen after `boundMs`. The work itself goes on: end it where it began. */
export async function within<T>(work: Promise<T>, what: string, boundMs: number): Promise<T> {
  const late = deferred<never>();
  const giveUp = () => late.reject(new NotSeen(`no ${what} within ${boundMs / 1000} s`));
  const timer = setTimeout(() => setImmediate(giveUp), boundMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
