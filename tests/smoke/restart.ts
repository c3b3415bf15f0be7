import { restart } from '../../checks/restart/restart.ts';
import { declareChecks } from './_declare.ts';

await declareChecks({ restart });
