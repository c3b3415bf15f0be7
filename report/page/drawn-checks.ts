import { createContext } from 'preact';

/** Ids of the checks that the page draws in full. Of a large lab these are some; the others are in records.jsonl. */
export type DrawnChecks = { has(id: string): boolean };

export const ALL_DRAWN: DrawnChecks = { has: () => true };

/** Links lead only to checks that the page draws. */
export const DrawnChecksContext = createContext<DrawnChecks>(ALL_DRAWN);
