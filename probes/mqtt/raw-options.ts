import type { Packet } from './packet.ts';
import type { SessionOptions } from './session.ts';

/** How a raw session connects, and what it acknowledges. */
export type RawOptions = SessionOptions & {
  /** TCP_NODELAY (tcp(7)); false: Nagle's algorithm holds small segments back. @default true */
  readonly noDelay?: boolean;
  /** Whether it acknowledges a received PUBLISH, PUBREC or PUBREL. @default all of them */
  readonly acknowledges?: (packet: Packet) => boolean;
  /** MQTT 5: seconds that the session outlives the connection. @default 0 when clean, else an hour; a 3.1.1 session has none */
  readonly sessionExpiry?: number;
  /** MQTT 5: seconds that the will waits. */
  readonly willDelay?: number;
};
