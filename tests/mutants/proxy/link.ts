import type { IConnectPacket, Packet } from 'mqtt-packet';

/** One client's connection through the proxy, as an alteration sees it. */
export type Link = {
  /** Protocol level of its CONNECT; 4 before that has passed. */
  readonly version: 4 | 5;
  /** Its CONNECT as the client sent it; undefined before that has passed. */
  readonly connect: IConnectPacket | undefined;
  /** The other connections that are open. */
  others(): readonly Link[];
  sendToClient(packet: Packet): void;
  sendToBroker(packet: Packet): void;
  /** Does it later; not at all when the connection has ended by then. */
  later(ms: number, work: () => void): void;
  /** From now on the client does not see that the broker ends the connection. */
  hideBrokersEnd(): void;
};

/** What passes in place of a packet, none to swallow it; undefined: the packet itself, byte for byte. */
export type Passed = readonly Packet[] | undefined;

export type Alterer = {
  readonly toBroker?: (packet: Packet) => Passed;
  readonly toClient?: (packet: Packet) => Passed;
};

/** Called for each connection. */
export type Alteration = (link: Link) => Alterer;
