import { z } from 'zod';

/**
 * How moments on another host are told in this machine's time. `same`: both run on one kernel (equal boot_id, random(4)), whose monotonic clock
 * both read. `exchanged`: the other clock's offset, measured by questions and answers; an answer was given somewhere between its question and its
 * arrival, so the offset is known to half of the fastest exchange.
 */
export const clockSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('same') }),
  z.object({ kind: z.literal('exchanged'), uncertaintyUs: z.number(), exchanges: z.number() }),
]);

export type Clock = z.infer<typeof clockSchema>;
