import type { Scope } from '../../checks/harness/check.ts';
import type { Alteration } from './proxy/link.ts';

/** A fault that is put into a lab on purpose, and the checks that must catch it. */
export type Mutant = DeploymentMutant | WireMutant;

type Fault = {
  /** Dotted, as check ids are, such as `acl.status.sam.removed`. */
  readonly name: string;
  /** The fault in a sentence. */
  readonly what: string;
  /** Patterns of check ids, as for `verify --only`: each must match a check, and all matching checks must fail. */
  readonly caughtBy: readonly string[];
  /** Patterns of the checks to run. @default those that must fail */
  readonly only?: string;
  /** Whether every other check that runs must pass. */
  readonly isExact?: true;
  /** How far the run goes. @default default */
  readonly scope?: Scope;
};

/** A script changes one of the lab's machines. */
export type DeploymentMutant = Fault & {
  readonly kind: 'deployment';
  readonly machine: 'broker' | 'pi';
  /** Shell that root runs on the machine, after the functions of machine-scripts.ts; `restore` undoes it. */
  readonly mutate: string;
  readonly restore: string;
};

/** A proxy between the clients and the broker alters packets. */
export type WireMutant = Fault & {
  readonly kind: 'wire';
  /** Called once for each run, so that the alteration's state belongs to that run. */
  readonly alter: () => Alteration;
};
