import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ExecutionContext } from 'ava';
import mqttPacket, { type Packet as Decoded } from 'mqtt-packet';

export type Answer = (packet: Decoded, socket: Socket) => void;

/** A broker of a few lines on a free loopback port: `answer` decides about each packet. */
export async function fakeBroker(t: ExecutionContext, answer: Answer): Promise<{ address: string; port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    answerPackets(socket, (packet) => answer(packet, socket));
  });
  return await onLoopback(t, server, sockets);
}

/** Listens on a free port until the test ends, and closes what has connected. */
export async function onLoopback(
  t: ExecutionContext,
  server: Server,
  sockets: Iterable<Socket>,
): Promise<{ readonly address: string; readonly port: number }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { address: '127.0.0.1', port: address.port };
}

/** Reads a client's packets from a stream. */
export function answerPackets(stream: Duplex, answer: (packet: Decoded) => void): void {
  const parser = mqttPacket.parser({ protocolVersion: 4 });
  parser.on('packet', answer);
  parser.on('error', () => stream.destroy());
  stream.on('data', (chunk) => parser.parse(chunk));
  stream.on('error', () => undefined);
}

export const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
export const accept = ({ cmd }: Decoded, socket: Duplex) => {
  if (cmd === 'connect') socket.write(bytes('20 02 00 00'));
  if (cmd === 'disconnect') socket.end();
};
