import type { CheckRecord } from './record.ts';

/** What a run was of, and what took part in it. */
export type Environment = {
  /** Name of the lab. */
  readonly lab: string;
  /** `quick`, `default` or `disruptive`. */
  readonly scope: string;
  /** Whether measurements took the time that the report's questions ask for; absent in runs that were written before there were such. */
  readonly full?: boolean;
  /** Ids or patterns of the wanted checks, where not all were. */
  readonly only?: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Version of Node on this machine. */
  readonly node: string;
  readonly broker: { readonly address: string; readonly port: number; readonly version: string };
  /** Names of the lab's Pis. */
  readonly pis: readonly string[];
  /** Client software by host, such as `this machine` → `mqtt.js 5.16.0`; of the hosts that a check ran on. */
  readonly clients: Readonly<Record<string, string>>;
  /** The machines, this one first, then the broker's and the Pis; absent in runs that were written before they were asked. */
  readonly hosts?: readonly HostOfRun[];
};

/** A machine of a run; without a system where it was not asked: an external broker's, or one that no check ran on. */
export type HostOfRun = System & {
  /** `this machine`, `broker` or a Pi's name. */
  readonly name: string;
  /** `this machine`, `container`, `ssh://user@host:port` or `external: address`. */
  readonly place: string;
};

/** What a machine says of itself. */
export type System = {
  /** Such as `Debian GNU/Linux 12 (bookworm)` (os-release(5), PRETTY_NAME). */
  readonly system?: string;
  /** Such as `x86_64` or `aarch64` (uname(1), -m). */
  readonly architecture?: string;
  /** Release of its kernel. */
  readonly kernel?: string;
  /** Whether that kernel is this machine's, and so its monotonic clock too (random(4), boot_id). */
  readonly isSameKernel?: boolean;
};

/** Client software by host, as the records tell it. */
export function clientsOf(records: readonly CheckRecord[]): Record<string, string> {
  return Object.fromEntries(
    records.flatMap(({ host, versions }) =>
      host === undefined || versions === undefined ? [] : [[host, versions.client]],
    ),
  );
}
