import { createServer, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import mqttPacket, { type Packet as Decoded } from 'mqtt-packet';

export type Answer = (packet: Decoded, socket: Socket) => void;

/** A broker of a few lines on a free loopback port: `answer` decides about each packet. */
export async function fakeBroker(t: ExecutionContext, answer: Answer): Promise<{ address: string; port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const parser = mqttPacket.parser({ protocolVersion: 4 });
    parser.on('packet', (packet) => answer(packet, socket));
    parser.on('error', () => socket.destroy());
    socket.on('data', (chunk) => parser.parse(chunk));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { address: '127.0.0.1', port: address.port };
}

export const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
export const accept: Answer = ({ cmd }, socket) => {
  if (cmd === 'connect') socket.write(bytes('20 02 00 00'));
  if (cmd === 'disconnect') socket.end();
};
