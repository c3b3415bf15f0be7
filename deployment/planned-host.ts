import type { Host } from '../provisioning/hosts/host.ts';
import type { HostAddress } from '../provisioning/hosts/open.ts';
import type { HostPlan } from '../provisioning/plan-host.ts';
import type { Facts } from '../provisioning/resources/facts.ts';
import type { Resource } from '../provisioning/resources/resource.ts';

/** How a host is reached; the address of a container is known once it runs. */
export type Place = HostAddress | { readonly kind: 'container' };

/** A host, and the resources that it should have. */
export type WantedHost = {
  /** `broker` or the Pi's name. */
  readonly name: string;
  readonly place: Place;
  /** `converge`: a host of the lab file; `restore`: one that the lab has changed, and that becomes what it was before. */
  readonly purpose: 'converge' | 'restore';
  readonly resources: readonly Resource[];
};

/** A wanted host with its plan. */
export type PlannedHost = WantedHost &
  HostPlan & {
    /** The open connection, and the facts that came over it; undefined for a container that is not running, and after an error. */
    readonly reached?: { readonly host: Host; readonly facts: Facts };
    /** How long logging in and gathering facts took, prompts included. */
    readonly gatherMs: number;
    /** Why there is no plan for it. */
    readonly error?: unknown;
  };
