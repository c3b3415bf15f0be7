import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import process from 'node:process';
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

/** Listens, and stops before it takes a connection. */
const DEAF = `const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('node:fs').writeSync(1, String(server.address().port));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** An address where no connection opens or is refused, as behind a cable that was cut: a full queue (listen(2), backlog). */
export async function deafBroker(t: ExecutionContext): Promise<{ address: string; port: number }> {
  const child = spawn(process.execPath, ['-e', DEAF], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  const [port] = await once(child.stdout, 'data');
  const at = { host: '127.0.0.1', port: Number(port) };
  for (let count = 0; count < 2; count += 1) {
    const socket = connect(at).on('error', () => undefined);
    t.teardown(() => socket.destroy());
    await once(socket, 'connect');
  }
  return { address: at.host, port: at.port };
}
