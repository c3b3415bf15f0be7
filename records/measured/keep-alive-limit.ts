import * as z from 'zod';

/** `expected` and `observed` of `keepalive.limit`. */
export const keepAliveLimitSchema = z.object({
  accepted: z.boolean(),
  /** Server Keep Alive of the CONNACK, in seconds (MQTT 5, 3.2.2.3.14). */
  serverKeepAlive: z.number().optional(),
});

export type KeepAliveLimit = z.infer<typeof keepAliveLimitSchema>;
