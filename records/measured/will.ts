import * as z from 'zod';

const at = z.number();
const amount = z.object({ segments: z.number(), bytes: z.number() });

/**
 * What happened around a last will, in the `evidence` of `will.*` and `restart.*.will`, beside its control packets (`packetSchema`). Every `at` is
 * in milliseconds since 1970 by this machine's clock; for an event elsewhere, when this machine knew of it.
 */
export const willEventSchema = z.discriminatedUnion('kind', [
  /** The client that left the last will, with the options of its CONNECT. */
  z.object({
    kind: z.literal('owner'),
    clientId: z.string(),
    keepAlive: z.number(),
    delayS: z.number().optional(),
    will: z.object({ topic: z.string(), qos: z.number(), retain: z.boolean() }),
  }),
  /** What ended its connection; times count from here. In silence: the last packet that the client sent. */
  z.object({ kind: z.literal('cause'), at, what: z.string(), bytes: z.string().optional() }),
  /**
   * How its connection ended. `socket`: seen by its client's socket; where the client sent a FIN, `at` is when the broker's own FIN came back.
   * `kernel`: from the table of connections (/proc/net/tcp) of the client's machine, read after the process had ended.
   */
  z.object({
    kind: z.literal('end'),
    at,
    by: z.enum(['client', 'broker']),
    how: z.enum(['FIN', 'RST']),
    seenBy: z.enum(['socket', 'kernel']),
  }),
  /** It arrived at a connected subscriber. */
  z.object({ kind: z.literal('last will'), at }),
  /** The broker accepted its owner again, or the client that took its client id. */
  z.object({ kind: z.literal('back'), at }),
  /** A line of the broker's log about the owner's client id or about the broker; without `at` where it was read later than written. */
  z.object({ kind: z.literal('broker log'), at: at.optional(), text: z.string() }),
  /** What the cut network swallowed, by the firewall's counters on the client's machine, until its process was killed. */
  z.object({ kind: z.literal('dropped'), tool: z.string(), sent: amount, received: amount }),
]);

export type WillEvent = z.infer<typeof willEventSchema>;

/** `observed` of `will.*` and of `restart.<stop or crash>.will`. */
export const lastWillSchema = z.object({
  /** How many last wills came. */
  wills: z.number(),
  /** Milliseconds from the cause to the first last will. */
  afterMs: z.number().optional(),
  /** How late the measurement itself may be. */
  uncertainMs: z.number().optional(),
});

/** `expected` of the same. */
export const expectedWillSchema = z.object({
  /** The last will is due at once, within this many milliseconds. */
  withinMs: z.number().optional(),
  /** The keep alive, in seconds, that ends the connection. */
  keepAlive: z.number().optional(),
  /** The will delay in seconds. */
  delayS: z.number().optional(),
});

export type LastWill = z.infer<typeof lastWillSchema>;
