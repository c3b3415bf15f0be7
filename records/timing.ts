import { z } from 'zod';

/** When the broker did what a check of keep alives or of last wills waited for. */
export type Timing = {
  /** The check without the version of MQTT, the host, the role and the topic: `keepalive.expiry.5s`, `will.fin`. */
  readonly kind: string;
  /** Milliseconds from the last packet, or from the end of the connection. */
  readonly afterMs: number;
  /** By how much the measuring may be late. */
  readonly uncertainMs: number;
};

const schema = z.object({
  afterMs: z.number().optional(),
  willAfterMs: z.number().optional(),
  closedAfterMs: z.number().optional(),
  uncertainMs: z.number().catch(0),
});

/** The time in a record of `keepalive.expiry`, `keepalive.receive-only` or `will`; undefined where it is of another kind or nothing was timed. */
export function timingOf({ id, observed }: { readonly id: string; readonly observed?: unknown }): Timing | undefined {
  const [family, cause, period] = id.split('.');
  const { data } = schema.safeParse(observed);
  if (data === undefined) return undefined;
  const { afterMs, willAfterMs, closedAfterMs, uncertainMs } = data;
  if (family === 'will') {
    const when = afterMs ?? willAfterMs;
    return when === undefined ? undefined : { kind: `will.${cause}`, afterMs: when, uncertainMs };
  }
  const isExpiry = family === 'keepalive' && (cause === 'expiry' || cause === 'receive-only');
  if (!isExpiry || closedAfterMs === undefined) return undefined;
  return { kind: `keepalive.${cause}.${period}`, afterMs: closedAfterMs, uncertainMs };
}
