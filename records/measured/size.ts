import { z } from 'zod';
import { ipAmountSchema } from './ip-amount.ts';

/** A number of packets of one type, and their bytes of MQTT together. */
const amount = z.object({ packets: z.number(), bytes: z.number() });

/** What one hop of all messages of a measurement took, as the client at its end saw it. */
const hopSchema = z.object({
  /** Where the client ran whose counters these are. */
  host: z.string(),
  /** By type of control packet, such as `PUBLISH`; both directions together. */
  types: z.record(z.string(), amount),
  mqttBytes: z.number(),
  /** Absent where the kernel's counters can't be read, or hold messages of others too. */
  ip: ipAmountSchema.optional(),
});

/** `observed` of `qos.size.q<QoS>.<payload bytes>.<Pi>`: what messages of one size cost on both hops: publisher to broker, broker to subscriber. */
export const sizeSchema = z.object({
  qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  topic: z.string(),
  payloadBytes: z.number(),
  messages: z.number(),
  hops: z.object({ publisher: hopSchema, subscriber: hopSchema }),
});

export type Size = z.infer<typeof sizeSchema>;
export type HopSize = z.infer<typeof hopSchema>;
