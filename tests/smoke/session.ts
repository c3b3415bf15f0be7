import { session } from '../../checks/session/session.ts';
import { declareChecks } from './_declare.ts';

await declareChecks({ session });
