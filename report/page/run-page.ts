import { isLeftOut } from '../../records/left-out.ts';
import type { CheckRecord } from '../../records/record.ts';
import type { Results } from '../../records/results.ts';

/** The page of a run that is going on. */
export type RunPage = Disposable & {
  add(record: CheckRecord): void;
  /** Writes it into the run's folder and returns its path. */
  write(folder: string, results: Results): Promise<string>;
};

/** About as many as a page has room for. */
const MOST_AHEAD = 600;

/** Loading takes a tenth of a second, which commands without a page should not wait for. */
const load = () => import('./write.ts');

/**
 * With `aheadMs` it draws records during the run, beginning after that time, so that little is left at the end. A run that
 * times messages leaves it out, since drawing would disturb them.
 */
export function openRunPage(aheadMs?: number): RunPage {
  const known: CheckRecord[] = [];
  let page: Awaited<ReturnType<typeof load>> | undefined;
  const begin = async () => {
    // write reports what is wrong with it
    page = await load().catch(() => undefined);
    for (const record of known) page?.drawAhead(record);
  };
  const timer = aheadMs === undefined ? undefined : setTimeout(begin, aheadMs);
  return {
    add(record) {
      // of more than fit, the page decides in the end which it draws
      if (isLeftOut(record) || known.length >= MOST_AHEAD) return;
      known.push(record);
      page?.drawAhead(record);
    },
    async write(folder, results) {
      clearTimeout(timer);
      const { writePage } = await load();
      return await writePage(folder, results);
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
