import type { User } from '../../../lab-file/lab.ts';
import type { Packet } from '../../../probes/mqtt/packet.ts';
import type { CLIENTS } from '../../../records/measured/traffic.ts';
import type { Watched } from './traffic-verdict.ts';

/** A client publishes on request, or publishes or receives once a second. */
export type ClientTask = { readonly kind: 'on request' | 'publishes' | 'receives'; readonly qos: 0 | 1 };

export type ClientOptions = {
  readonly user: User;
  readonly topic: string;
  readonly keepAlive: number;
  readonly task: ClientTask;
  readonly boundMs: number;
};

/** A client whose traffic is measured. Disposing of it ends it. */
export type RunningClient = AsyncDisposable & {
  readonly packets: readonly (Packet & { readonly bytes: number })[];
  /** The first packet that matches; rejects with NotSeen after the bound or when the client ends. */
  first(matches: (packet: Packet) => boolean, what: string, boundMs: number): Promise<Packet>;
  /** Throws an Error unless the client publishes on request. */
  publish(text: string): Promise<void>;
  /** Settles when the connection ends. */
  readonly ended: Promise<unknown>;
  /** Name and version of its program. */
  software(): Promise<string>;
  /** Who counts its bytes, as `records/measured/traffic.ts` describes. */
  readonly source: string;
  /** The kernel's counters, without packets in transit; undefined where the kernel has none. */
  counted(): Promise<Watched['counted']>;
  /** Milliseconds until this machine learns of an event on the client's host. */
  reportDelayMs(): Promise<number>;
};

export type ClientProgram = (typeof CLIENTS)[number];
