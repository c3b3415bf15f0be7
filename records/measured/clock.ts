import * as z from 'zod';

/**
 * How the lab converts another host's times to this machine's. `same`: both run on one kernel (equal boot_id, random(4)) and read its monotonic
 * clock. `exchanged`: it measured the offset by exchanges; the other host answers at some moment of an exchange, so the offset is known to half of
 * the fastest one.
 */
export const clockSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('same') }),
  z.object({ kind: z.literal('exchanged'), uncertaintyUs: z.number(), exchanges: z.number() }),
]);

export type Clock = z.infer<typeof clockSchema>;
