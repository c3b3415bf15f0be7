import type { Lab } from '../../lab-file/lab.ts';
import { aclMutants } from './deployment/acl.ts';
import { optionMutants } from './deployment/options.ts';
import { passwdMutants } from './deployment/passwd.ts';
import { piMutants } from './deployment/pi.ts';
import type { Mutant } from './mutant.ts';
import { acknowledgementMutants } from './wire/acknowledgements.ts';
import { answerMutants } from './wire/answers.ts';
import { messageMutants } from './wire/messages.ts';
import { payloadMutants } from './wire/payloads.ts';
import { sessionMutants } from './wire/sessions.ts';
import { wayMutants } from './wire/ways.ts';
import { willMutants } from './wire/wills.ts';

/** Every mutant of a lab in containers, those of the deployment first. */
export function catalogue(lab: Lab): readonly Mutant[] {
  return [
    ...passwdMutants(lab),
    ...aclMutants(lab),
    ...optionMutants(lab),
    ...piMutants(lab),
    ...acknowledgementMutants,
    ...payloadMutants,
    ...messageMutants(lab),
    ...wayMutants(lab),
    ...answerMutants,
    ...sessionMutants,
    ...willMutants,
  ];
}
