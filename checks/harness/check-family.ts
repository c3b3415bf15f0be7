import type { Check } from './check.ts';
import type { TestLab } from './test-lab.ts';

/** Lists a family's checks: those that the lab gives reason for. */
export type CheckFamily = (testLab: TestLab) => readonly Check[];
