import * as z from 'zod';

const bothHops = z.object({ publisher: z.number(), subscriber: z.number() });

/** `observed` of `qos.matrix.p<QoS>s<QoS>.<version>`: the delivery of a message published at one QoS and subscribed at another. */
export const qosPairSchema = z.object({
  /** QoS that the SUBACK grants. */
  granted: z.number(),
  /** QoS of the message at the subscriber; absent where it did not come. */
  delivered: z.union([z.literal(0), z.literal(1), z.literal(2)]).optional(),
  copies: z.number(),
  /** Control packets of each hop as its client saw them, with their bytes: `→ PUBLISH 281`. */
  publisher: z.array(z.string()),
  subscriber: z.array(z.string()),
  packets: bothHops,
  bytes: bothHops,
  /** Why it was delivered at a lower QoS than it was published at, from what was seen. */
  explanation: z.string().optional(),
});

export type QosPair = z.infer<typeof qosPairSchema>;
