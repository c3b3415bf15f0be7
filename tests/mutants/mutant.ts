import type { Scope } from '../../checks/harness/check.ts';
import type { Alteration } from './proxy/link.ts';

/** A fault that is put into a lab on purpose, and the checks that must tell. */
export type Mutant = DeploymentMutant | WireMutant;

type Fault = {
  /** Dotted, as check ids are, such as `acl.status.sam.removed`. */
  readonly name: string;
  /** What is wrong, in a sentence. */
  readonly what: string;
  /** Patterns of check ids, as `verify --only` takes them: each must match a check, and all checks that match must fail. */
  readonly caughtBy: readonly string[];
  /** Which checks are run. @default those that must fail */
  readonly only?: string;
  /** Whether no other check of those that are run may fail. */
  readonly isExact?: true;
  /** How far the run goes. @default default */
  readonly scope?: Scope;
};

/** Something is done behind the lab's back on one of its machines. */
export type DeploymentMutant = Fault & {
  readonly kind: 'deployment';
  readonly machine: 'broker' | 'pi';
  /** Shell, run by root on the machine, after the functions of machine-scripts.ts. */
  readonly mutate: string;
  readonly mend: string;
};

/** A proxy between the clients and the broker alters what passes. */
export type WireMutant = Fault & {
  readonly kind: 'wire';
  /** Called once a run, so that what it remembers is of that run. */
  readonly alter: () => Alteration;
};
