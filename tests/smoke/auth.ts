import { auth } from '../../checks/auth/auth.ts';
import { declareChecks } from './_declare.ts';

await declareChecks({ auth });
