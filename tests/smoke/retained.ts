import { retained } from '../../checks/retained/retained.ts';
import { declareChecks } from './_declare.ts';

await declareChecks({ retained });
