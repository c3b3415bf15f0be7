import { families } from '../../checks/families.ts';
import { declareChecks } from '../../checks/run/declare.ts';

// One process for all: each would cost a start of its own, and on two cores that is longer than the checks take.
await declareChecks('all.ts', families);
