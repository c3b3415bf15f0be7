import { atMost, type Turns } from '../../base/limit.ts';

export { atMost, type Turns };

/** Loads and measurements of the whole run: side by side they would measure each other. */
export const loads = atMost(1);
