import { z } from 'zod';
import { clockSchema } from './clock.ts';

/**
 * `observed` of `qos.latency.q<QoS>.<nodelay|nagle>.<Pi>`: how long messages took from this machine, through the broker, to a subscriber on the Pi:
 * from when their PUBLISH was handed to the kernel to when the Pi's kernel took in the subscriber's. Sent at a steady rate.
 */
export const latencySchema = z.object({
  qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  /** TCP_NODELAY on the publisher's socket (tcp(7)); false: Nagle's algorithm holds small segments back. */
  noDelay: z.boolean(),
  payloadBytes: z.number(),
  messages: z.number(),
  lost: z.number(),
  perSecond: z.number(),
  /** After so many messages the publisher pings: an answer of the broker's is what its kernel's delayed acknowledgements come after. */
  messagesAPing: z.number().optional(),
  /** `set_tcp_nodelay` of the broker's configuration, where the lab wrote it. */
  brokerNoDelay: z.boolean().optional(),
  clock: clockSchema,
  /** A latency a message, in microseconds, in the order of sending. */
  latenciesUs: z.array(z.number()),
  p50Us: z.number(),
  p95Us: z.number(),
  p99Us: z.number(),
  maxUs: z.number(),
  /** How late this process's own timers were meanwhile, in microseconds: what may be its doing and not the network's. */
  eventLoopP99Us: z.number(),
});

export type Latency = z.infer<typeof latencySchema>;
