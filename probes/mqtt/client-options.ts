import type { Endpoint } from './endpoint.ts';
import type { Will } from './packet.ts';
import type { QoS, Version } from './session.ts';

/** How the client of `lab publish` and `lab subscribe` connects. */
export type ClientOptions = Endpoint & {
  /** `lab`: the lab installed the broker and may change it. */
  readonly brokerKind: 'lab' | 'external';
  /** Whether lab.yaml lets the user do what the command does. */
  readonly isAllowed: boolean;
  readonly version: Version;
  readonly user: string;
  readonly password?: string;
  readonly clientId: string;
  /** False: the broker stores subscriptions and queued messages while the client is away. */
  readonly clean: boolean;
  /** Seconds. */
  readonly keepAlive: number;
  readonly will?: Omit<Will, 'qos'> & { readonly qos: QoS };
};
