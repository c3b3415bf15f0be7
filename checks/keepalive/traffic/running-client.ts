import type { User } from '../../../lab-file/lab.ts';
import type { Packet } from '../../../probes/mqtt/packet.ts';
import type { CLIENTS } from '../../../records/measured/traffic.ts';
import type { Watched } from './traffic-verdict.ts';

/** What a client does: publishes what it is told, publishes or receives once a second. */
export type ClientTask = { readonly kind: 'told' | 'publishes' | 'receives'; readonly qos: 0 | 1 };

export type ClientOptions = {
  readonly user: User;
  readonly topic: string;
  readonly keepAlive: number;
  readonly task: ClientTask;
  readonly boundMs: number;
};

/** A client whose traffic is looked at. Disposing of it ends it. */
export type RunningClient = AsyncDisposable & {
  readonly packets: readonly (Packet & { readonly bytes: number })[];
  /** The first packet that matches; rejects with NotSeen after the bound or when the client ends. */
  first(matches: (packet: Packet) => boolean, what: string, boundMs: number): Promise<Packet>;
  /** Publishes a message where it does what it is told. */
  publish(text: string): Promise<void>;
  /** When its connection is over. */
  readonly ended: Promise<unknown>;
  /** Its name and version. */
  software(): Promise<string>;
  /** Who tells what it costs. */
  readonly source: string;
  /** What the kernel has counted by now, packets under way apart; undefined where it does not tell. */
  counted(): Promise<Watched['counted']>;
  /** How long it takes to be told what happens there, in milliseconds. */
  toldMs(): Promise<number>;
};

export type ClientProgram = (typeof CLIENTS)[number];
