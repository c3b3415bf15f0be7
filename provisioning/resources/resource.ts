import type { Trouble } from '../../base/errors.ts';
import type { Host } from '../hosts/host.ts';
import type { Fact, Facts, Query } from './facts.ts';

/** What the plan does with a thing. `unknown`: the container that holds it does not run yet. */
export type PlanAction = 'create' | 'change' | 'remove' | 'unchanged' | 'unknown';

/** A line of the plan: one thing on a host, and what the plan does with it. */
export type Item = {
  readonly action: PlanAction;
  /** The kind of thing, such as `package`, `file`, `service`, `container`. */
  readonly kind: string;
  readonly name: string;
  /** Which change, and why: `mode`, `restart: its configuration changes`. */
  readonly detail?: string;
  /** A file's change as a unified diff without its secrets. */
  readonly diff?: string;
};

/** A resource's plan from a host's facts. */
export type Plan = {
  /** Everything that the resource covers, with unchanged things. */
  readonly items: readonly Item[];
  /** Undefined when nothing differs. */
  readonly change?: Change | undefined;
};

/** One thing that a host should have: which facts it needs, and what follows from them. */
export type Resource = {
  /** In words, such as `packages` or `configuration`. */
  readonly id: string;
  readonly queries: readonly Query[];
  /**
   * Plans from the host's facts and from the changes that are planned before it on the same host: a broker must load files
   * that are about to be replaced. Pure. Throws a LabError for what the lab must not change.
   */
  readonly plan: (facts: Facts, earlier: readonly Item[]) => Plan;
};

export type Change = {
  /** What changes and why, for the user: `install mosquitto, mosquitto-clients`. */
  readonly summary: string;
  /** Runs as root; exit code 0 means success. */
  readonly script: string;
  /** Makes the script instead, where this machine has to fetch something first; throws a LabError. */
  readonly prepare?: (signal: AbortSignal) => Promise<string>;
  /** Runs in place of a script that would end the connection. Gives the host over a new one, which the caller disposes of. */
  readonly reconnect?: (host: Host, signal: AbortSignal) => Promise<Host>;
  /** Explains a failure from the script's standard error; undefined where that speaks for itself. */
  readonly explain?: (output: string) => Pick<Trouble, 'happened' | 'advice'> | undefined;
  readonly timeoutMs: number;
  /** What to try when the script fails. */
  readonly advice?: string | undefined;
};

const NO_FACT: Fact = { code: 1, output: '' };

/** The facts of a host that does not exist yet: nothing is installed, no file exists, nothing runs. */
export const NO_FACTS: Facts = { get: () => NO_FACT };

export function isChange({ action }: Item): boolean {
  return action !== 'unchanged';
}
