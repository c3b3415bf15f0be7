import { deferred } from '../../base/deferred.ts';
import { slowness, startBound, stretchedSeconds } from '../../base/slowness.ts';
import { learnAnswer, patienceFor } from './answers.ts';

/** Something did not arrive; the message says who waited, for what and how long. */
export class NotSeen extends Error {
  override readonly name = 'NotSeen';
  /** Whether the bound passed, so that it might still arrive. */
  readonly isLate: boolean;

  /** `cause`: what ended the source. */
  constructor(
    message: string,
    { isLate = false, cause }: { readonly isLate?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.isLate = isLate;
  }
}

/**
 * How long to wait: milliseconds, or until the feed is quiet. A broker handles the packets of a connection in order, so
 * it may answer late, but it is not silent meanwhile.
 */
export type Bound = number | { readonly quietMs: number; readonly atMostMs: number };

const LONGEST = 4;

/** A bound on silence: up to four times as long while other items come in. */
export function onceQuiet(quietMs: number): Bound {
  return { quietMs, atMostMs: LONGEST * quietMs };
}

/** The items so far, in order, and ways to wait for more. */
export type Feed<T> = {
  readonly items: readonly T[];
  push(item: T): void;
  /** No more items will come; every wait fails with a NotSeen with this reason and cause. */
  end(reason: string, cause?: unknown): void;
  /** The first item that matches, already here or to come; rejects with NotSeen after the bound or when the feed ends. */
  first(matches: (item: T) => boolean, what: string, bound: Bound): Promise<T>;
  /** The result of work that an incoming item ends; rejects with NotSeen after the bound. */
  until<R>(work: Promise<R>, what: string, bound: Bound): Promise<R>;
};

type End = { readonly reason: string; readonly cause?: unknown };

/** @param isFromOther whether an item comes from the other side; only these renew a bound on silence */
export function openFeed<T>(subject: string, isFromOther: (item: T) => boolean = () => true): Feed<T> {
  const items: T[] = [];
  const waiting = new Set<{ offer(item: T): void; fail(end: End): void }>();
  let ended: End | undefined;
  const until = async <R>(
    work: Promise<R>,
    what: string,
    bound: Bound,
    { offer, endsWithFeed }: { offer(item: T): boolean; endsWithFeed: boolean },
  ): Promise<R> => {
    const failed = deferred<never>();
    const fail = ({ reason, ...more }: End & { readonly isLate?: boolean }) =>
      failed.reject(new NotSeen(`${subject}: no ${what}: ${reason}`, more));
    const timer = startTimer(shortened(bound, patienceFor(what)), (reason) => {
      learnAnswer(what, 'late');
      fail({ reason, isLate: true });
    });
    const waiter = {
      offer(item: T) {
        if (!offer(item) && isFromOther(item)) timer.renew();
      },
      fail: (end: End) => (endsWithFeed ? fail(end) : undefined),
    };
    waiting.add(waiter);
    try {
      const result = await Promise.race([work, failed.promise]);
      learnAnswer(what, 'come');
      return result;
    } finally {
      timer.close();
      waiting.delete(waiter);
    }
  };
  return {
    items,
    push(item) {
      items.push(item);
      for (const waiter of [...waiting]) waiter.offer(item);
    },
    end(reason, cause) {
      ended ??= { reason, cause };
      for (const waiter of [...waiting]) waiter.fail({ reason, cause });
    },
    async first(matches, what, bound) {
      const found = items.find(matches);
      if (found !== undefined) return found;
      if (ended !== undefined) throw new NotSeen(`${subject}: no ${what}: ${ended.reason}`, { cause: ended.cause });
      const came = deferred<T>();
      const offer = (item: T) => {
        const isMatch = matches(item);
        if (isMatch) came.resolve(item);
        return isMatch;
      };
      return await until(came.promise, what, bound, { offer, endsWithFeed: true });
    },
    until: (work, what, bound) => until(work, what, bound, { offer: () => false, endsWithFeed: false }),
  };
}

function shortened(bound: Bound, share: number): Bound {
  if (typeof bound === 'number') return bound * share;
  return { quietMs: bound.quietMs * share, atMostMs: bound.atMostMs * share };
}

function startTimer(bound: Bound, fail: (reason: string) => void): { renew(): void; close(): void } {
  const { quietMs, atMostMs } = typeof bound === 'number' ? { quietMs: bound, atMostMs: bound } : bound;
  const from = performance.now();
  let isRenewed = false;
  let givingUp: NodeJS.Immediate | undefined;
  const seconds = () => (isRenewed ? ((performance.now() - from) / 1000).toFixed(1) : stretchedSeconds(quietMs));
  const timer = startBound(quietMs, () => {
    // timers fire first: read what has come in while this process had no turn
    givingUp = setImmediate(() => fail(`not within ${seconds()} s`));
  });
  return {
    renew() {
      if (performance.now() + quietMs * slowness() >= from + atMostMs * slowness()) return;
      isRenewed = true;
      clearImmediate(givingUp);
      timer.renew();
    },
    close() {
      timer.close();
      clearImmediate(givingUp);
    },
  };
}

/**
 * A promise with a bound, which stretches on slow machines; rejects with NotSeen. The work continues, so the caller must end it.
 */
export async function within<T>(work: Promise<T>, what: string, boundMs: number): Promise<T> {
  const late = deferred<never>();
  const giveUp = () => late.reject(new NotSeen(`no ${what} within ${stretchedSeconds(boundMs)} s`, { isLate: true }));
  const timer = startBound(boundMs, () => setImmediate(giveUp));
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    timer.close();
  }
}
