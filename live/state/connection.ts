import type { EventOf, PacketView, Settings, Side } from '../protocol.ts';

export type PacketEvent = EventOf<'packet'>;

/** An event, by its number and its time. */
export type Mark = { readonly seq: number; readonly at: number };

export type Subscription = {
  readonly filter: string;
  readonly asked: number;
  /** The newest granted QoS, and every one before it, which queued messages may still have. */
  readonly granted: number;
  readonly grants: readonly number[];
  readonly at: number;
  /** Time of the first SUBSCRIBE. */
  readonly since: number;
  /** SUBSCRIBE and SUBACK. */
  readonly seqs: readonly [number, number];
};

/** What client and broker remember of a client id. */
export type Session = {
  /** Whether the events show all of it; false where the broker resumed what came before the first event. */
  isKnown: boolean;
  /** Whether it has unsubscribed from a filter, whose messages may still come. */
  hasUnsubscribed?: true;
  readonly subscriptions: Map<string, Subscription>;
  /** By packet id; done deliveries stay until their id is used again. */
  readonly outgoing: Map<number, Delivery>;
  readonly incoming: Map<number, Delivery>;
};

/** A PUBLISH between one client and the broker, with its acknowledgements. */
export type Delivery = {
  readonly publish: PacketEvent;
  readonly connection: Connection;
  readonly qos: number;
  /** All its packets, also repeated ones. */
  readonly seqs: number[];
  stage: 'published' | 'received' | 'released' | 'done';
  /** Time of its last packet. */
  at: number;
  /** The connection whose packet ended it. */
  doneOn?: Connection;
  /** Code 0x80 or above. */
  refused?: number;
  /** Code 0x10: nobody has subscribed. */
  hasNoSubscriber?: true;
};

export type End = Mark & {
  readonly how: 'DISCONNECT' | 'killed' | 'FIN' | 'RST' | 'unknown';
  readonly by: 'client' | 'broker';
  /** Reason code of a DISCONNECT. */
  readonly code?: number;
  /** Whether it happened while the cable was pulled, so that the other end did not notice. */
  readonly isUnheard: boolean;
};

export type Connection = {
  readonly side: Side;
  readonly begun: Mark;
  readonly settings: Settings | undefined;
  version: 4 | 5;
  session: Session;
  connect?: Mark & { readonly fields: NonNullable<PacketView['connect']>; readonly keepsSession: boolean };
  connack?: Mark & { readonly code: number; readonly isSessionPresent: boolean; readonly keepAlive: number };
  /** Connections of the same client id that the broker still had at CONNECT. */
  older?: readonly Connection[];
  /** Waiting for SUBACK or UNSUBACK, by packet id. */
  readonly asked: Map<number, PacketEvent>;
  /** PINGREQ that have no answer yet. */
  readonly pings: PacketEvent[];
  /** The client's last packet while the cable was plugged in. */
  lastHeard?: Mark;
  /** The client's newest packets, in order. */
  readonly sent: Mark[];
  readonly cuts: { readonly from: Mark; to?: Mark }[];
  /** What ended it first. */
  end?: End;
};

export function newSession(isKnown: boolean): Session {
  return { isKnown, subscriptions: new Map(), outgoing: new Map(), incoming: new Map() };
}

export function isAccepted({ connack }: Connection): boolean {
  return connack?.code === 0;
}

export function isCut({ cuts }: Connection): boolean {
  const last = cuts.at(-1);
  return last !== undefined && last.to === undefined;
}

/** Whether client and broker can talk: accepted, not ended, cable plugged in. */
export function isTalking(connection: Connection): boolean {
  return isAccepted(connection) && connection.end === undefined && !isCut(connection);
}

/** Whether the cable was pulled at some time since `at`. */
export function wasCutSince({ cuts }: Connection, at: number): boolean {
  return cuts.some(({ to }) => to === undefined || to.at >= at);
}

/** The user that the broker sees; undefined where nobody said. */
export function userOf({ settings, connect }: Connection): string | undefined {
  return settings?.user ?? connect?.fields.user;
}

/** A name for people. */
export function nameOf(connection: Connection): string {
  return userOf(connection) ?? `the ${connection.side}`;
}

export function clientIdOf({ connect }: Connection): string {
  return connect?.fields.clientId ?? '';
}
