import { randomInt } from 'node:crypto';

/** Seeds are short enough to type. */
export const MOST_SEED = 999_999;

export const newSeed = (): number => randomInt(MOST_SEED + 1);
