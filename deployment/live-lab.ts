import type { Lab } from '../lab-file/lab.ts';
import type { HostAddress } from '../provisioning/hosts/open.ts';
import type { Credentials, LiveListener } from './live-listener.ts';

/** A running lab: its lab file, and how each part is reached. */
export type LiveLab = {
  readonly lab: Lab;
  readonly broker: LiveBroker;
  readonly pis: readonly LivePi[];
};

export type LiveBroker = {
  /** Where the first user's clients on this machine reach the broker. */
  readonly address: string;
  readonly port: number;
  /** Those that clients on this machine reach. */
  readonly listeners: readonly LiveListener[];
  /** Those that client programs on the broker's own host use. */
  readonly onHost: readonly LiveListener[];
  readonly credentials: Credentials;
  /** How commands reach the broker's host; undefined for an external broker. */
  readonly host: HostAddress | undefined;
  /** Mosquitto's version, such as `2.0.11`; undefined where it is unknown, and until broker-version.ts has asked. */
  readonly version: string | undefined;
};

export type LivePi = {
  readonly name: string;
  readonly host: HostAddress;
  /** Where the first user's clients on the Pi reach the broker, and the listeners that they reach. */
  readonly broker: { readonly address: string; readonly port: number; readonly listeners: readonly LiveListener[] };
};
