import { atMost, type Limit } from '../../base/limit.ts';

export { atMost, type Limit };

/** Loads and measurements of the whole run: side by side they would measure each other. */
export const loads = atMost(1);
