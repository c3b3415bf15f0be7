import type { ResultsJson } from './json/results.ts';
import { isLeftOut } from './left-out.ts';
import type { CheckRecord, Verdict } from './record.ts';
import type { Results } from './results.ts';

/** The most that results.json takes, in bytes. */
export const MOST_BYTES = 5_000_000;
/** For what results.json holds beside its checks. */
const FRAME_BYTES = 100_000;

const IMPORTANT_FIRST: readonly Verdict[] = ['fail', 'inconclusive', 'deviation', 'skipped', 'pass'];

/** The results as results.json holds them and `--json` prints them: in at most MOST_BYTES, which few labs need. */
export function fittedResults(results: Results): ResultsJson {
  let left = MOST_BYTES - FRAME_BYTES;
  for (const record of results.checks) {
    left -= sizeOf(record);
    if (left < 0) return fitted(results);
  }
  return results;
}

/** Of more checks the text is for programs. */
const MOST_READ = 2_000;

/** One line, or more lines where people may read it. */
export function resultsText(results: Results): string {
  const readable = results.checks.length > MOST_READ ? undefined : JSON.stringify(results, null, 2);
  const isShort = readable !== undefined && Buffer.byteLength(readable) < MOST_BYTES;
  return `${isShort ? readable : JSON.stringify(results)}\n`;
}

/**
 * Omits the evidence of checks that passed, further evidence beyond half the size, then the least important checks: those that the run left out, then those
 * that passed. records.jsonl has everything.
 */
function fitted({ checks, ...others }: Results): Results {
  const kept = new Map<string, CheckRecord>();
  let bytes = 0;
  for (const record of byImportance(checks)) {
    const { evidence: _, ...bare } = record;
    const isExplained = record.verdict !== 'pass' && bytes + sizeOf(record) < MOST_BYTES / 2;
    const known = isExplained ? record : bare;
    const size = sizeOf(known);
    if (bytes + size > MOST_BYTES - FRAME_BYTES) continue;
    bytes += size;
    kept.set(record.id, known);
  }
  const omitted = checks.length - kept.size;
  return { ...others, ...(omitted === 0 ? {} : { omitted }), checks: checks.flatMap(({ id }) => kept.get(id) ?? []) };
}

const sizeOf = (record: CheckRecord): number => Buffer.byteLength(JSON.stringify(record)) + 1;

/** Failures first, and last what the run left out. */
export function byImportance(checks: readonly CheckRecord[]): CheckRecord[] {
  const ran = checks.filter((record) => !isLeftOut(record));
  return [
    ...IMPORTANT_FIRST.flatMap((wanted) => ran.filter(({ verdict }) => verdict === wanted)),
    ...checks.filter(isLeftOut),
  ];
}
