import * as z from 'zod';
import { allowSecretly } from './mistake.ts';

/** Where a secret comes from that the lab file does not hold itself. */
export const secretSources = [
  z.strictObject({
    env: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
        error: 'is not the name of an environment variable; letters, digits and _ are allowed',
      })
      .describe('Environment variable that holds the password.'),
  }),
  z.strictObject({
    file: z
      .string()
      .min(1, { error: 'is empty; a file path is allowed' })
      .describe('File that holds the password; relative to this file or starting with ~/.'),
  }),
] as const;

/** A secret that may not be in the lab file; `reason` continues the message of a literal. */
export function secretElsewhere(reason: string) {
  return z.union(secretSources, allowSecretly(`{ env: NAME } or { file: PATH } is allowed, so that ${reason}`));
}
