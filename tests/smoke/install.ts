import { install } from '../../checks/install/install.ts';
import { installState } from '../../checks/install/state.ts';
import { declareChecks } from './_declare.ts';

await declareChecks({ install, installState });
