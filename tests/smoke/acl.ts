import { acl } from '../../checks/acl/acl.ts';
import { declareChecks } from './_declare.ts';

await declareChecks({ acl });
