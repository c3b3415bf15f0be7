import { atMost } from '../../base/limit.ts';

/** One load or measurement at a time: side by side they would measure each other. */
export const loads = atMost(1);
