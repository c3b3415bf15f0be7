import { z } from 'zod';

const at = z.number();
const amount = z.object({ segments: z.number(), bytes: z.number() });

/**
 * What happened around a last will, in the `evidence` of `will.*` and `restart.*.will`, beside its control packets (`packetSchema`). Every `at` is
 * in milliseconds since 1970 by this machine's clock; of what happened elsewhere, when it was known here.
 */
export const willEventSchema = z.discriminatedUnion('kind', [
  /** Whose last will it is, as its client was told to connect. */
  z.object({
    kind: z.literal('owner'),
    clientId: z.string(),
    keepAlive: z.number(),
    delayS: z.number().optional(),
    will: z.object({ topic: z.string(), qos: z.number(), retain: z.boolean() }),
  }),
  /** What its connection was ended by, from which on times count. For silence: the last packet that the client sent. */
  z.object({ kind: z.literal('cause'), at, what: z.string(), bytes: z.string().optional() }),
  /**
   * How its connection ended. `socket`: as its client's socket saw it; where the client ended it by FIN, `at` is when the broker's own FIN was back.
   * `kernel`: as the table of connections (/proc/net/tcp) of the client's machine told it after the process had gone.
   */
  z.object({
    kind: z.literal('end'),
    at,
    by: z.enum(['client', 'broker']),
    how: z.enum(['FIN', 'RST']),
    seenBy: z.enum(['socket', 'kernel']),
  }),
  /** It came to a subscriber who was there. */
  z.object({ kind: z.literal('last will'), at }),
  /** Its owner, or who took its client id, was accepted again. */
  z.object({ kind: z.literal('back'), at }),
  /** A line of the broker's log about the owner's client id, or about itself; `at` is absent where it was read later than written. */
  z.object({ kind: z.literal('broker log'), at: at.optional(), text: z.string() }),
  /** What a network that was cut swallowed, by the firewall's own counters: of the client's machine, until its process had been killed. */
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
  /** The last will is due at once, within so many milliseconds. */
  withinMs: z.number().optional(),
  /** The keep alive, in seconds, that ends the connection. */
  keepAlive: z.number().optional(),
  /** The will delay in seconds. */
  delayS: z.number().optional(),
});

export type LastWill = z.infer<typeof lastWillSchema>;
/** `observed` of `will.*`, as far as the page needs it. */
export const willObservedSchema = z.looseObject({
  wills: z.number(),
  /** From the cause to the first last will, in milliseconds. */
  afterMs: z.number().optional(),
  /** The same of a client that fell silent on this machine. */
  willAfterMs: z.number().optional(),
});

/** `observed` of `restart.<stop or crash>.will`. */
export const restartWillSchema = z.looseObject({ connected: z.number(), queued: z.number() });
