import type { Factors } from '../harness/check.ts';

type Item = { readonly factors: Factors };

/**
 * Chooses items so that each pair of values which occurs in a group of an item occurs in a chosen one: every user with
 * every topic, every topic with every action, and so on. The same seed chooses the same items.
 */
export function coveringSet<T extends Item>(items: readonly T[], seed: number): ReadonlySet<T> {
  const numberOf = numbering();
  const candidates = shuffled(items, seed).map((item) => ({ item, pairs: pairsOf(item, numberOf) }));
  const chosen = new Set<T>();
  const covered = new Set<string>();
  const most = Math.max(0, ...candidates.map(({ pairs }) => pairs.length));
  // those that cover the most come first, so that few are needed
  for (let wanted = most; wanted > 0; wanted -= 1) {
    for (const { item, pairs } of candidates) {
      if (pairs.filter((pair) => !covered.has(pair)).length < wanted) continue;
      chosen.add(item);
      for (const pair of pairs) covered.add(pair);
    }
  }
  return chosen;
}

/** The pairs of an item's values; a single value is a pair with itself. */
function pairsOf({ factors }: Item, numberOf: (value: string) => number): string[] {
  return factors.flatMap((group) => {
    const values = Object.entries(group).map(([name, value]) => numberOf(`${name} ${value}`));
    return values.flatMap((one, index) => values.slice(index).map((other) => `${one} ${other}`));
  });
}

/** Short names for values, since there are many pairs of them. */
function numbering(): (value: string) => number {
  const numbers = new Map<string, number>();
  return (value) => {
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    return number;
  };
}

/** The items in an order that the seed decides. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = randomFrom(seed);
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item);
}

/** Mulberry32: numbers from 0 to 1 that the seed decides. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
