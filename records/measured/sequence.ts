import * as z from 'zod';
import { clockSchema } from './clock.ts';

/** What a CONNECT asks for. */
const connectSchema = z.object({
  version: z.number(),
  clientId: z.string(),
  clean: z.boolean(),
  keepAlive: z.number(),
  user: z.string().optional(),
  will: z.object({ topic: z.string(), qos: z.number() }).optional(),
});

/** A control packet in a record: `who` is the user whose client saw it, `direction` from that client's view, `at` in this machine's time. */
export const packetSchema = z.looseObject({
  who: z.string(),
  direction: z.enum(['sent', 'received']),
  type: z.string(),
  /** Milliseconds since 1970, with fractions. */
  at: z.number(),
  bytes: z.number().optional(),
  packetId: z.number().optional(),
  qos: z.number().optional(),
  dup: z.boolean().optional(),
  retain: z.boolean().optional(),
  code: z.number().optional(),
  connect: connectSchema.optional(),
});

/**
 * `observed` of `qos.sequence.q<QoS>.<Pi>`: one message from this machine to the Pi. The packets of both ends are in the record's `evidence`
 * (`packetSchema`), those of the subscriber in this machine's time by `clock`.
 */
export const sequenceSchema = z.object({
  qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  topic: z.string(),
  payloadBytes: z.number(),
  publisher: z.string(),
  subscriber: z.string(),
  clock: clockSchema,
  /** What `mosquitto_sub -d`, a second subscriber, printed of the same message. */
  debug: z.object({ host: z.string(), command: z.string(), lines: z.array(z.string()) }),
});

export type SequencePacket = z.infer<typeof packetSchema>;
export type Sequence = z.infer<typeof sequenceSchema>;
