export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs at most `count` pieces of work at a time; the others wait in order, and a failure does not stop them. */
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

/** Runs one piece of work after the other. */
export const oneAtATime = (): Limit => atMost(1);
