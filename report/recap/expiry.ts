import type { CheckRecord } from '../../records/record.ts';
import { timingOf } from '../../records/timing.ts';
import { spanText } from './span.ts';

/** `silent clients cut off after 12.3 s (keep alive 5 s), 42.7 s (25 s)`, or nothing. */
export function expiryLine(records: readonly CheckRecord[]): string[] {
  const timings = records.flatMap((record) => timingOf(record) ?? []).filter(({ kind }) => kind.startsWith(EXPIRY));
  const kinds = [...new Set(timings.map(({ kind }) => kind))].sort((one, other) => periodOf(one) - periodOf(other));
  if (kinds.length === 0) return [];
  const words = kinds.map((kind, index) => {
    const times = timings.filter((timing) => timing.kind === kind).map(({ afterMs }) => afterMs);
    return `${spanText(times)} (${index === 0 ? 'keep alive ' : ''}${periodOf(kind)} s)`;
  });
  return [`silent clients cut off after ${words.join(', ')}`];
}

const EXPIRY = 'keepalive.expiry.';

function periodOf(kind: string): number {
  return Number.parseInt(kind.slice(EXPIRY.length), 10);
}
