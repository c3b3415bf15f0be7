import type { Check } from './check.ts';
import type { TestLab } from './test-lab.ts';

/** Lists the checks of a family that apply to the lab. */
export type CheckFamily = (testLab: TestLab) => readonly Check[];
