import * as z from 'zod';
import type { CheckRecord } from './record.ts';

/** What a machine reports about itself. */
const systemSchema = z.object({
  system: z
    .string()
    .exactOptional()
    .describe('Such as `Debian GNU/Linux 12 (bookworm)`; PRETTY_NAME of os-release(5).'),
  architecture: z.string().exactOptional().describe('Such as `x86_64` or `aarch64`; uname(1), -m.'),
  kernel: z.string().exactOptional().describe('Release of its kernel.'),
  isSameKernel: z
    .boolean()
    .exactOptional()
    .describe("Whether it runs on this machine's kernel, and so shares its monotonic clock; random(4), boot_id."),
});

/** A machine of a run. It has no system where no check ran on it, as on the host of an external broker. */
const hostSchema = systemSchema.extend({
  name: z.string().describe("`this machine`, `broker` or a Pi's name."),
  place: z.string().describe('`this machine`, `container`, `ssh://user@host:port` or `external: address`.'),
});

/** A broker or a host that was too slow for all its checks at once. */
const slowPlaceSchema = z.object({
  place: z.string().describe('`the broker`, or the name of a host that runs clients.'),
  typicalMs: z.number().describe('How long a login at the broker took, or the start of a command on the host.'),
  atATime: z.number().describe('The fewest checks that ran there at a time.'),
});

/** What a run ran on, and how far it went. */
export const environmentSchema = z
  .object({
    lab: z.string().describe('Name of the lab.'),
    scope: z.string().describe('`quick`, `default` or `disruptive`.'),
    full: z.boolean().describe("Whether measurements took the time that the report's questions need."),
    only: z.string().exactOptional().describe('The pattern of --only; absent where all checks ran.'),
    listener: z
      .number()
      .exactOptional()
      .describe("Port of --listener; absent where each user's clients use the best one."),
    startedAt: z.number().describe('Milliseconds since 1970.'),
    durationMs: z.number(),
    node: z.string().describe('Version of Node on this machine.'),
    broker: z.object({ address: z.string(), port: z.number(), version: z.string() }).readonly(),
    pis: z.array(z.string()).readonly().describe("Names of the lab's Pis."),
    clients: z
      .record(z.string(), z.string())
      .readonly()
      .describe(
        'Client software by host, such as `this machine` → `mqtt.js 5.16.0`; of the hosts that a check ran on.',
      ),
    hosts: z.array(hostSchema.readonly()).readonly().describe("This machine first, then the broker's and the Pis."),
    leftOut: z
      .object({ checks: z.number(), seed: z.number() })
      .readonly()
      .exactOptional()
      .describe("The checks that a large lab's run left out, and the seed that decided which."),
    slowPlaces: z
      .array(slowPlaceSchema.readonly())
      .readonly()
      .exactOptional()
      .describe('Places that were too slow for all checks at once.'),
  })
  .readonly()
  .meta({ id: 'environment', description: 'What a run ran on, and how far it went.' });

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
