import { ignoreFailure } from '../../base/errors.ts';

/** Lends one thing to all who use it at the same time; the last user closes it. */
export type Shared<T> = <R>(work: (thing: T) => Promise<R>) => Promise<R>;

export function shared<T extends AsyncDisposable>(open: () => Promise<T>): Shared<T> {
  let current: { readonly thing: Promise<T>; users: number } | undefined;
  return async (work) => {
    const mine = current ?? { thing: open(), users: 0 };
    current = mine;
    mine.users += 1;
    try {
      return await work(await mine.thing);
    } finally {
      mine.users -= 1;
      if (mine.users === 0) {
        current = undefined;
        await ignoreFailure(mine.thing.then((thing) => thing[Symbol.asyncDispose]()));
      }
    }
  };
}
