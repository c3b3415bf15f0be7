import type { CheckFamily } from '../harness/check-family.ts';
import { VERSIONS } from '../harness/protocol.ts';
import { cleanChecks } from './clean.ts';
import { grantedCheck } from './granted.ts';
import { offlineChecks } from './offline.ts';
import { publisherResendChecks } from './publisher-resend.ts';
import { resendChecks } from './resend.ts';
import { unsubscribedCheck } from './unsubscribed.ts';

export const session: CheckFamily = (testLab) => [
  ...VERSIONS.flatMap((version) => [
    ...offlineChecks(testLab, version),
    ...resendChecks(testLab, version),
    ...publisherResendChecks(testLab, version),
    ...cleanChecks(testLab, version),
    unsubscribedCheck(testLab, version),
  ]),
  grantedCheck(testLab),
];
