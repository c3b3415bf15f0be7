import type { Lab } from '../lab-file/lab.ts';
import type { HostAddress } from '../provisioning/hosts/open.ts';

/** A running lab: its lab file, and how each part is reached. */
export type LiveLab = {
  readonly lab: Lab;
  readonly broker: LiveBroker;
  readonly pis: readonly LivePi[];
};

export type LiveBroker = {
  /** Where MQTT clients on this machine reach the broker. */
  readonly address: string;
  readonly port: number;
  /** How commands reach the broker's host; undefined for an external broker. */
  readonly host: HostAddress | undefined;
  /** Mosquitto's version, such as `2.0.11`; undefined where it is unknown, and until broker-version.ts has asked. */
  readonly version: string | undefined;
};

export type LivePi = {
  readonly name: string;
  readonly host: HostAddress;
  /** Where MQTT clients on the Pi reach the broker. */
  readonly broker: { readonly address: string; readonly port: number };
};
