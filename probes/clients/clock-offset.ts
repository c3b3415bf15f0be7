/** A query to another clock, in nanoseconds: sent and answered by this clock, received and left by the other. */
export type Exchange = {
  readonly asked: number;
  readonly came: number;
  readonly left: number;
  readonly answered: number;
};

/** What to add to a moment of the other clock, and the largest error of that; nanoseconds. */
export type Offset = { readonly ns: number; readonly uncertainNs: number };

/**
 * The offset between two clocks, as in NTP (RFC 5905, section 8). The answer left at some moment between query and
 * arrival, so the fastest exchange limits the error to half of its time in transit.
 * Undefined without an exchange.
 */
export function offsetOf(exchanges: readonly Exchange[]): Offset | undefined {
  const fastest = exchanges.reduce<Exchange | undefined>(
    (best, one) => (best === undefined || onTheWay(one) < onTheWay(best) ? one : best),
    undefined,
  );
  if (fastest === undefined) return undefined;
  const { asked, came, left, answered } = fastest;
  return { ns: (asked - came + (answered - left)) / 2, uncertainNs: onTheWay(fastest) / 2 };
}

/** The offset at any moment between two measured ones, since clocks drift; `at` is a moment of the other clock. */
export function offsetBetween(
  first: Offset & { readonly at: number },
  last: Offset & { readonly at: number },
): (at: number) => number {
  const span = last.at - first.at;
  const perNs = span === 0 ? 0 : (last.ns - first.ns) / span;
  return (at) => first.ns + (at - first.at) * perNs;
}

function onTheWay({ asked, came, left, answered }: Exchange): number {
  return answered - asked - (left - came);
}
