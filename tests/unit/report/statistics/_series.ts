/** Numbers from 0 to 1 that are the same every time (mulberry32, of T. Ettinger). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Latencies in microseconds around 400 whose logarithms resemble their neighbours by `likeness`, from 0 to 1: an autoregressive series of order 1. */
export function latencies(random: () => number, count: number, likeness: number): number[] {
  let state = normal(random);
  return Array.from({ length: count }, () => {
    state = likeness * state + Math.sqrt(1 - likeness ** 2) * normal(random);
    return 400 * Math.exp(0.35 * state);
  });
}

/** Latencies with a stall every hundred messages or so, of which the next few get their part. */
export function stalling(random: () => number, count: number): number[] {
  let stall = 0;
  return latencies(random, count, 0).map((value) => {
    stall = random() < 0.01 ? 5_000 * random() : stall * 0.7;
    return value + stall;
  });
}

/** Box and Muller's. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
