import * as z from 'zod';
import { ipAmountSchema } from './ip-amount.ts';

/** How many packets of one type, and their bytes of MQTT in all. */
const amount = z.object({ packets: z.number(), bytes: z.number() });

/** What all messages of a measurement cost on one hop, as the client at its end saw it. */
const hopSchema = z.object({
  /** Where that client ran. */
  host: z.string(),
  /** By type of control packet, such as `PUBLISH`; both directions together. */
  types: z.record(z.string(), amount),
  mqttBytes: z.number(),
  /** Absent where the kernel's counters cannot be read, or include other clients' messages. */
  ip: ipAmountSchema.optional(),
  /** The stream also has the records of TLS. */
  isEncrypted: z.literal(true).optional(),
});

/** `observed` of `qos.size.q<QoS>.<payload bytes>.<Pi>`: what messages of one size cost from publisher to broker and from broker to subscriber. */
export const sizeSchema = z.object({
  qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  topic: z.string(),
  payloadBytes: z.number(),
  messages: z.number(),
  hops: z.object({ publisher: hopSchema, subscriber: hopSchema }),
});

export type Size = z.infer<typeof sizeSchema>;
export type HopSize = z.infer<typeof hopSchema>;
