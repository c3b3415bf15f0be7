import * as z from 'zod';
import type { CheckRecord } from './record.ts';

/** What a machine reports about itself. */
const systemSchema = z.object({
  /** Such as `Debian GNU/Linux 12 (bookworm)` (os-release(5), PRETTY_NAME). */
  system: z.string().exactOptional(),
  /** Such as `x86_64` or `aarch64` (uname(1), -m). */
  architecture: z.string().exactOptional(),
  /** Release of its kernel. */
  kernel: z.string().exactOptional(),
  /** Whether it runs on this machine's kernel, and so shares its monotonic clock (random(4), boot_id). */
  isSameKernel: z.boolean().exactOptional(),
});

/** A machine of a run. It has no system where no check ran on it, as on the host of an external broker. */
const hostSchema = systemSchema.extend({
  /** `this machine`, `broker` or a Pi's name. */
  name: z.string(),
  /** `this machine`, `container`, `ssh://user@host:port` or `external: address`. */
  place: z.string(),
});

/** A broker or a host that was too slow for all its checks at once. */
const slowPlaceSchema = z.object({
  /** `the broker`, or the name of a host that runs clients. */
  place: z.string(),
  /** How long a login at the broker took, or the start of a command on the host. */
  typicalMs: z.number(),
  /** The fewest checks that ran there at a time. */
  atATime: z.number(),
});

/** What a run ran on, and how far it went. */
export const environmentSchema = z
  .object({
    /** Name of the lab. */
    lab: z.string(),
    /** `quick`, `default` or `disruptive`. */
    scope: z.string(),
    /** Whether measurements took the time that the report's questions need. */
    full: z.boolean(),
    /** The pattern of `--only`; absent where all checks ran. */
    only: z.string().exactOptional(),
    /** Port of `--listener`; absent where each user's clients use the best one. */
    listener: z.number().exactOptional(),
    /** Milliseconds since 1970. */
    startedAt: z.number(),
    durationMs: z.number(),
    /** Version of Node on this machine. */
    node: z.string(),
    broker: z.object({ address: z.string(), port: z.number(), version: z.string() }).readonly(),
    /** Names of the lab's Pis. */
    pis: z.array(z.string()).readonly(),
    /** Client software by host, such as `this machine` → `mqtt.js 5.16.0`; of the hosts that a check ran on. */
    clients: z.record(z.string(), z.string()).readonly(),
    /** This machine first, then the broker's and the Pis. */
    hosts: z.array(hostSchema.readonly()).readonly(),
    /** The checks of denials that a large lab's run left out, and what decided which; absent where it left out none. */
    leftOut: z.object({ checks: z.number(), seed: z.number() }).readonly().exactOptional(),
    slowPlaces: z.array(slowPlaceSchema.readonly()).readonly().exactOptional(),
  })
  .readonly();

export type Environment = z.infer<typeof environmentSchema>;
export type HostOfRun = Readonly<z.infer<typeof hostSchema>>;
export type SlowPlace = Readonly<z.infer<typeof slowPlaceSchema>>;
export type System = Readonly<z.infer<typeof systemSchema>>;

/** Client software by host, from the records. */
export function clientsOf(records: readonly CheckRecord[]): Record<string, string> {
  return Object.fromEntries(
    records.flatMap(({ host, versions }) =>
      host === undefined || versions === undefined ? [] : [[host, versions.client]],
    ),
  );
}
