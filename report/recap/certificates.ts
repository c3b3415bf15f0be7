import { measured } from '../../records/measurements.ts';
import type { CheckRecord } from '../../records/record.ts';

/** `certificates of ports 8883, 8884 valid until 2027-02-28 (89 days)`, a line for each day on which one ends; or nothing. */
export function certificateLines(records: readonly CheckRecord[]): string[] {
  const ports = new Map<string, Set<number>>();
  for (const { subject, observed } of measured(records, 'certificate')) {
    const end = `${observed.validTo.slice(0, 10)} (${observed.daysLeft} days)`;
    ports.set(end, (ports.get(end) ?? new Set()).add(subject.port));
  }
  return [...ports].sort().map(([end, own]) => {
    const numbers = [...own].sort((one, other) => one - other);
    return `certificate${own.size === 1 ? '' : 's'} of port${own.size === 1 ? '' : 's'} ${numbers.join(', ')} valid until ${end}`;
  });
}
