import type { LiveEvent } from '../protocol.ts';

/** Pure. Whether the student has predicted or answered something that no file has. */
export function hasUnsaved(events: readonly LiveEvent[]): boolean {
  const last = events.findLastIndex(({ is }) => is === 'saved');
  return events.slice(last + 1).some(({ is }) => is === 'predicted' || is === 'answered');
}
