import type { Plan } from './run/declare.ts';
import { cleanChecks } from './session/clean.ts';
import { offlineChecks } from './session/offline.ts';
import { publisherResendChecks } from './session/publisher-resend.ts';
import { resendChecks } from './session/resend.ts';
import { VERSIONS } from './support/protocol.ts';

export const session: Plan = (world) =>
  VERSIONS.flatMap((version) => [
    ...offlineChecks(world, version),
    ...resendChecks(world, version),
    ...publisherResendChecks(world, version),
    ...cleanChecks(world, version),
  ]);
