import * as z from 'zod';

/** `observed` of `keepalive.expiry` and `keepalive.receive-only`: when the broker ended the connection of a client that fell silent. */
export const expirySchema = z.object({
  /** Milliseconds from the client's last packet until the broker closed the connection. */
  closedAfterMs: z.number().optional(),
  /** Milliseconds from the client's last packet until its last will arrived. */
  willAfterMs: z.number().optional(),
  /** Milliseconds from the end of 1.5 × keep alive (MQTT-3.1.2-24) until then. */
  lateMs: z.number().optional(),
  /** How late the measurement itself may be. */
  uncertainMs: z.number().optional(),
});

export type Expiry = z.infer<typeof expirySchema>;
