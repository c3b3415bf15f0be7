import { type CheckRecord, familyOf } from '../../records/record.ts';
import type { FromFile, PlannedCheck } from './messages.ts';

/** What the test files planned, what they recorded, and so what is missing. */
export type Ledger = {
  readonly records: readonly CheckRecord[];
  readonly planned: number;
  take(message: FromFile, file: string): void;
  /** A failed record for every check that was planned and gave none, and for every file that told no plan. */
  missing(files: readonly string[], why: string): CheckRecord[];
};

export function openLedger(): Ledger {
  const records: CheckRecord[] = [];
  const plans = new Map<string, readonly PlannedCheck[]>();
  return {
    records,
    get planned() {
      return [...plans.values()].flat().length;
    },
    take(message, file) {
      if (message.kind === 'plan') plans.set(file, message.checks);
      if (message.kind === 'record') records.push(message.record);
    },
    missing(files, why) {
      const silent = files.filter((file) => !plans.has(file)).map(notRun);
      const recorded = new Set(records.map(({ id }) => id));
      const lost = [...plans.values()].flat().filter(({ id }) => !recorded.has(id));
      return [...silent, ...lost].map((check) => lostRecord(check, why));
    },
  };
}

function notRun(file: string): PlannedCheck {
  return {
    id: `install.smoke-tests.${file}`,
    claim: `the smoke tests in ${file} run`,
    expected: 'a plan of its checks',
  };
}

function lostRecord(check: PlannedCheck, why: string): CheckRecord {
  const reason = `no record of it: ${why}`;
  const family = familyOf(check);
  return { ...check, family, observed: null, verdict: 'fail', reason, startedAt: Date.now(), durationMs: 0 };
}
