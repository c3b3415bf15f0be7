import type { Verdict } from '../../records/record.ts';

/** `commands`: the host runs commands. `clients`: it also reaches the broker, and its MQTT clients start. */
export type Need = { readonly host: string; readonly of: 'commands' | 'clients' };

/** What a check found. */
export type Finding = {
  readonly verdict: Verdict;
  readonly observed: unknown;
  /** Why the check failed or was skipped, or which known deviation it found. */
  readonly reason?: string;
  /** What to do, where the check knows the cause of a failure. */
  readonly advice?: string;
  readonly evidence?: readonly unknown[];
  /** Milliseconds that MQTT made the check wait: a keep-alive expiry, a will delay. */
  readonly waitMs?: number;
  /** Whether it failed because something came too late, for which a slow machine may be the cause. */
  readonly isLate?: boolean;
  /** Of a check that proves a host's path to the broker and failed: what the host cannot do. */
  readonly blocks?: Need['of'];
};
