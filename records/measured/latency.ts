import * as z from 'zod';
import { clockSchema } from './clock.ts';

/**
 * `observed` of `qos.latency.q<QoS>.<nodelay|nagle>.<Pi>`: how long messages at a steady rate took from this machine, through the broker, to a
 * subscriber on the Pi: from when this kernel took the PUBLISH until the Pi's kernel received it for the subscriber.
 */
export const latencySchema = z.object({
  qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  /** TCP_NODELAY on the publisher's socket (tcp(7)); without it Nagle's algorithm holds small segments back. */
  noDelay: z.boolean(),
  payloadBytes: z.number(),
  messages: z.number(),
  lost: z.number(),
  perSecond: z.number(),
  /** Messages between two pings of the publisher: after an answer, the broker's kernel delays acknowledgements. */
  messagesAPing: z.number().optional(),
  /** `set_tcp_nodelay` in the broker's configuration, where the lab wrote it. */
  brokerNoDelay: z.boolean().optional(),
  clock: clockSchema,
  /** One latency a message, in microseconds, in the order of sending. */
  latenciesUs: z.array(z.number()),
  p50Us: z.number(),
  p95Us: z.number(),
  p99Us: z.number(),
  maxUs: z.number(),
  /** How late this process's own timers were meanwhile, in microseconds: delays that the network did not cause. */
  eventLoopP99Us: z.number(),
});

export type Latency = z.infer<typeof latencySchema>;
