import type { Trouble } from '../../base/errors.ts';
import type { Host } from '../hosts/host.ts';
import type { Fact, Facts, Query } from './facts.ts';

/** What is to become of a thing: made, changed, removed, left as it is, or not to be known before the machine that it is on runs. */
export type PlanAction = 'create' | 'change' | 'remove' | 'unchanged' | 'unknown';

/** A line of the plan: one thing on a host, and what is to become of it. */
export type Item = {
  readonly action: PlanAction;
  /** What kind of thing, such as `package`, `file`, `service`, `container`. */
  readonly kind: string;
  readonly name: string;
  /** Which change, and why: `mode`, `restart: its configuration changes`. */
  readonly detail?: string;
  /** A file's change as a unified diff without its secrets. */
  readonly diff?: string;
};

/** What a resource makes of a host's facts. */
export type Plan = {
  /** All that the resource stands for, also what is as wanted. */
  readonly items: readonly Item[];
  /** What brings the host there; undefined when it is as wanted. */
  readonly change?: Change | undefined;
};

/** One thing that a host should have: what to ask the host, and what follows from the answers. */
export type Resource = {
  /** In words, such as `packages` or `configuration`. */
  readonly id: string;
  readonly queries: readonly Query[];
  /**
   * What is to be done, from the host's facts and from what is planned before it on the same host, since a broker must load files that are about to be
   * replaced. Pure. Throws a LabError for what the lab must not mend.
   */
  readonly plan: (facts: Facts, earlier: readonly Item[]) => Plan;
};

export type Change = {
  /** What changes and why, for the user: `install mosquitto, mosquitto-clients`. */
  readonly summary: string;
  /** Run as root; exit code 0 means done. */
  readonly script: string;
  /** Makes the script instead, where this machine has to fetch something first; throws a LabError. */
  readonly prepare?: (signal: AbortSignal) => Promise<string>;
  /** Done in place of the script, where it ends the connection; gives the host over a new one, which the caller disposes of. */
  readonly reconnect?: (host: Host, signal: AbortSignal) => Promise<Host>;
  /** What a failure means, from the script's standard error; undefined where that has to speak for itself. */
  readonly explain?: (output: string) => Pick<Trouble, 'happened' | 'advice'> | undefined;
  readonly timeoutMs: number;
  /** What to try when the script fails. */
  readonly advice?: string | undefined;
};

const NO_ANSWER: Fact = { code: 1, output: '' };

/** The facts of a machine that does not exist yet: nothing is installed, no file is there, nothing runs. */
export const NO_FACTS: Facts = { get: () => NO_ANSWER };

export function isChange({ action }: Item): boolean {
  return action !== 'unchanged';
}
