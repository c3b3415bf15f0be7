import type { IConnectPacket, Packet } from 'mqtt-packet';

/** One client's connection through the proxy, as an alteration sees it. */
export type Link = {
  /** Protocol level of its CONNECT; 4 until that arrives. */
  readonly version: 4 | 5;
  /** Its CONNECT as the client sent it; undefined until that arrives. */
  readonly connect: IConnectPacket | undefined;
  /** The other connections that are open. */
  others(): readonly Link[];
  sendToClient(packet: Packet): void;
  sendToBroker(packet: Packet): void;
  /** Does the work later, unless the connection has ended by then. */
  later(ms: number, work: () => void): void;
  /** Keeps the client's connection open when the broker ends its own. */
  hideBrokersEnd(): void;
};

/** The packets that replace a packet, none to drop it; undefined passes its bytes unchanged. */
export type Passed = readonly Packet[] | undefined;

export type Alterer = {
  readonly toBroker?: (packet: Packet) => Passed;
  readonly toClient?: (packet: Packet) => Passed;
};

/** Makes the alterer of a connection. */
export type Alteration = (link: Link) => Alterer;
