import { ignoreFailure } from '../../base/errors.ts';

/** Lends one resource to all work that runs at the same time. The last user closes it, and gets the error of that. */
export type Shared<T> = <R>(work: (resource: T) => Promise<R>) => Promise<R>;

export function shared<T extends AsyncDisposable>(open: () => Promise<T>): Shared<T> {
  let current: { readonly resource: Promise<T>; users: number } | undefined;
  return async (work) => {
    const mine = current ?? { resource: open(), users: 0 };
    current = mine;
    mine.users += 1;
    try {
      return await work(await mine.resource);
    } finally {
      mine.users -= 1;
      if (mine.users === 0) {
        current = undefined;
        const opened = await ignoreFailure(mine.resource);
        await opened?.[Symbol.asyncDispose]();
      }
    }
  };
}
