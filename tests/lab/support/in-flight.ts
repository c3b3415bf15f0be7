import type { Socket } from 'node:net';
import type { Packet } from '../../../probes/mqtt/packet.ts';
import { openWire } from '../../../probes/mqtt/wire.ts';

/** How many messages above QoS 0 a client has published and not yet seen through; follows both directions of one connection. */
export type InFlight = {
  /** The most that there have been at once. */
  readonly most: () => number;
  take(packet: Packet): void;
};

export function countInFlight(): InFlight {
  const open = new Set<number | undefined>();
  let most = 0;
  return {
    most: () => most,
    take({ direction, type, qos = 0, packetId }) {
      if (direction === 'sent' && type === 'PUBLISH' && qos > 0) open.add(packetId);
      if (direction === 'received' && (type === 'PUBACK' || type === 'PUBCOMP')) open.delete(packetId);
      most = Math.max(most, open.size);
    },
  };
}

/**
 * Shows every control packet of a connection that a broker has taken, as its client sees it, until there are bytes that are no MQTT. What the client
 * sends goes on as `alter` gives it back.
 */
export function watchSocket(
  socket: Socket,
  onPacket: (packet: Packet) => void,
  alter: (chunk: Buffer) => Buffer = (chunk) => chunk,
): void {
  const wire = openWire();
  let isDeaf = false;
  const take = (direction: Packet['direction'], chunk: unknown) => {
    if (isDeaf || !Buffer.isBuffer(chunk)) return;
    try {
      for (const packet of wire.take(direction, chunk, Date.now())) onPacket(packet);
    } catch {
      isDeaf = true;
    }
  };
  // a `data` listener would take the bytes away from a broker that reads by `readable`
  const push = socket.push.bind(socket);
  socket.push = (chunk: unknown, encoding?: BufferEncoding) => {
    take('sent', chunk);
    return push(Buffer.isBuffer(chunk) ? alter(chunk) : chunk, encoding);
  };
  const write = socket._write.bind(socket);
  socket._write = (chunk: Buffer | string, encoding, callback) => {
    take('received', typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
    write(chunk, encoding, callback);
  };
  const writev = socket._writev?.bind(socket);
  if (writev === undefined) return;
  socket._writev = (chunks, callback) => {
    const bytes = chunks.map(({ chunk, encoding }) =>
      typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk,
    );
    take('received', Buffer.concat(bytes));
    writev(chunks, callback);
  };
}
