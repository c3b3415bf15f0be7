const underWay = new Set<Promise<unknown>>();

/**
 * Runs work and then cleans up on the broker, whatever becomes of the work. The clean-up must not use connections of a world, which end with an
 * interrupted run.
 */
export async function withCleanUp<T>(work: () => Promise<T>, cleanUp: () => Promise<void>): Promise<T> {
  const whole = (async () => {
    try {
      return await work();
    } finally {
      await cleanUp();
    }
  })();
  underWay.add(whole);
  try {
    return await whole;
  } finally {
    underWay.delete(whole);
  }
}

/** When everything is cleaned up, also for checks that are over already because they were out of time. */
export async function allCleanedUp(): Promise<void> {
  await Promise.allSettled(underWay);
}
