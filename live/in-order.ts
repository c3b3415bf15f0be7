/** Hands on what happened on two hosts in the order of its times. */
export type InOrder<T> = {
  /** `at`: milliseconds since 1970; never before an earlier one of the same source. */
  push(item: T, at: number): void;
  /** Hands on everything at once. */
  flush(): void;
};

/**
 * An event on a Pi arrives later than one here that followed it, so events wait for `holdMs` before they are handed on.
 * @param holdMs 0 where all events are from this machine
 */
export function openInOrder<T>(holdMs: () => number, handOn: (item: T, at: number) => void): InOrder<T> {
  const waiting: { readonly item: T; readonly at: number; readonly due: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const handOnUntil = (now: number) => {
    clearTimeout(timer);
    timer = undefined;
    // an event that is due takes all before it along
    const end = waiting.findLastIndex(({ due }) => due <= now) + 1;
    for (const { item, at } of waiting.splice(0, end)) handOn(item, at);
    const next = waiting.reduce((least, { due }) => Math.min(least, due), Number.POSITIVE_INFINITY);
    if (waiting.length > 0) timer = setTimeout(() => handOnUntil(performance.now()), Math.max(0, next - now));
  };
  return {
    push(item, at) {
      const now = performance.now();
      const index = waiting.findLastIndex((other) => other.at <= at) + 1;
      waiting.splice(index, 0, { item, at, due: now + holdMs() });
      handOnUntil(now);
    },
    flush: () => handOnUntil(Number.POSITIVE_INFINITY),
  };
}
