import { VERSIONS } from '../harness/protocol.ts';
import type { Plan } from '../run/declare.ts';
import { cleanChecks } from './clean.ts';
import { offlineChecks } from './offline.ts';
import { publisherResendChecks } from './publisher-resend.ts';
import { resendChecks } from './resend.ts';

export const session: Plan = (testLab) =>
  VERSIONS.flatMap((version) => [
    ...offlineChecks(testLab, version),
    ...resendChecks(testLab, version),
    ...publisherResendChecks(testLab, version),
    ...cleanChecks(testLab, version),
  ]);
