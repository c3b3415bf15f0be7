import { VERSIONS } from '../harness/protocol.ts';
import type { Plan } from '../run/declare.ts';
import { cleanChecks } from './clean.ts';
import { offlineChecks } from './offline.ts';
import { publisherResendChecks } from './publisher-resend.ts';
import { resendChecks } from './resend.ts';

export const session: Plan = (world) =>
  VERSIONS.flatMap((version) => [
    ...offlineChecks(world, version),
    ...resendChecks(world, version),
    ...publisherResendChecks(world, version),
    ...cleanChecks(world, version),
  ]);
