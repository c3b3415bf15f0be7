import { reach } from '../../checks/reach/reach.ts';
import { declareChecks } from './_declare.ts';

await declareChecks({ reach });
