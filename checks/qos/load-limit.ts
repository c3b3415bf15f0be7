import { atMost } from '../../base/limit.ts';

/** One load or measurement at a time: two at once would slow each other down. */
export const loads = atMost(1);
