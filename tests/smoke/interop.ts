import { interop } from '../../checks/interop/interop.ts';
import { declareChecks } from './_declare.ts';

await declareChecks({ interop });
