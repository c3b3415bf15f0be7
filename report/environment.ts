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
};

/** Client software by host, as the records tell it. */
export function clientsOf(records: readonly CheckRecord[]): Record<string, string> {
  return Object.fromEntries(
    records.flatMap(({ host, versions }) =>
      host === undefined || versions === undefined ? [] : [[host, versions.client]],
    ),
  );
}
