import { will } from '../../checks/will/will.ts';
import { declareChecks } from './_declare.ts';

await declareChecks({ will });
