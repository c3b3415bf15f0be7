import { tls } from '../../checks/tls/tls.ts';
import { declareChecks } from './_declare.ts';

await declareChecks({ tls });
