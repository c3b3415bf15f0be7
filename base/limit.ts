export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets at most `count` pieces of work go on at once; the others wait their turn, in order, however those before them end. */
export function atMost(count: number): Limit {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** One after the other. */
export const oneAtATime = (): Limit => atMost(1);
