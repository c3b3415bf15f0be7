import type { Listener } from '../lab-file/lab.ts';
import type { Endpoint } from '../probes/mqtt/endpoint.ts';

/** A listener as a client at some place reaches it. */
export type LiveListener = Listener & {
  readonly address: string;
  /** A container's port is published as another one. */
  readonly reachedPort: number;
  /** Clients prefer it, because the user named it with `--listener`. */
  readonly isChosen?: true;
  /** Where client programs on a host find their certificates; undefined on this machine. */
  readonly folder?: string;
};

/** What clients on this machine need for TLS; empty without it. */
export type Credentials = {
  readonly ca: string | undefined;
  readonly pairs: ReadonlyMap<string, NonNullable<NonNullable<Endpoint['tls']>['certificate']>>;
};
