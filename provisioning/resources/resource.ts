import type { Facts, Query } from './facts.ts';

/** One thing that a host should have: what to ask the host, and what follows from the answers. */
export type Resource = {
  /** In words, such as `packages` or `configuration`. */
  readonly id: string;
  readonly queries: readonly Query[];
  /** The change that is needed, undefined when the host is as wanted. Pure. Throws a LabError for what the lab must not mend. */
  readonly plan: (facts: Facts) => Change | undefined;
};

export type Change = {
  /** What changes and why, for the user: `install mosquitto, mosquitto-clients`. */
  readonly summary: string;
  /** Run as root; exit code 0 means done. */
  readonly script: string;
  readonly timeoutMs: number;
  /** What to try when the script fails. */
  readonly advice?: string;
};
