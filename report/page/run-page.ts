import type { CheckRecord } from '../../records/record.ts';
import type { Results } from '../../records/results.ts';

/** The page of a run in the making. */
export type RunPage = Disposable & {
  add(record: CheckRecord): void;
  /** Writes it into the run's folder and gives its path. */
  write(folder: string, results: Results): Promise<string>;
};

/** What draws a page is a tenth of a second to load, and nobody who has no page drawn should wait for it. */
const load = () => import('./write.ts');

/**
 * With `aheadMs`, records are drawn while the run waits for others, from so many milliseconds on, so that little is left at its end; where something
 * is timed meanwhile, that would be in its way.
 */
export function openRunPage(aheadMs?: number): RunPage {
  const known: CheckRecord[] = [];
  let page: Awaited<ReturnType<typeof load>> | undefined;
  const begin = async () => {
    // what is wrong with it is told when it is written
    page = await load().catch(() => undefined);
    for (const record of known) page?.drawAhead(record);
  };
  const timer = aheadMs === undefined ? undefined : setTimeout(begin, aheadMs);
  return {
    add(record) {
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
