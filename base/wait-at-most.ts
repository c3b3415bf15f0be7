/** Waits until work has ended, in whatever way, and at most `ms`. This limit does not stretch on slow machines. */
export async function waitAtMost(ms: number, work: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    work.then(end, end);
  });
}
