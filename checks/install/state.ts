import type { CheckFamily } from '../harness/check-family.ts';
import { brokerState } from './broker-state.ts';
import { piState } from './pi-state.ts';

export const installState: CheckFamily = (testLab) => [...brokerState(testLab), ...piState(testLab)];
