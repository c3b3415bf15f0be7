import { createServer as createWebServer } from 'node:http';
import { createServer as createSecureWebServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { ExecutionContext } from 'ava';
import type { Packet as Decoded } from 'mqtt-packet';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { answerPackets, onLoopback } from './_fake-broker.ts';

export type Listening = {
  readonly protocol?: 'mqtt' | 'websockets';
  readonly tls?: TlsOptions;
  /** Decides about each packet; below the stream are the TCP connection and TLS, which reads in its place. */
  answer(packet: Decoded, stream: Duplex, below: readonly Socket[]): void;
};

/** A fake broker that listens as a lab's broker does: over TCP or TLS, for MQTT or WebSockets. For one client at a time. */
export async function listener(
  t: ExecutionContext,
  { answer, ...how }: Listening,
): Promise<{ readonly address: string; readonly port: number }> {
  const sockets: Socket[] = [];
  const server = listen(how, (stream) => {
    answerPackets(stream, (packet) => answer(packet, stream, sockets));
  });
  for (const event of ['connection', 'secureConnection']) {
    server.on(event, (socket: Socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
    });
  }
  return await onLoopback(t, server, sockets);
}

function listen({ protocol, tls }: Omit<Listening, 'answer'>, serve: (stream: Duplex) => void): Server {
  if (protocol !== 'websockets') return tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  const server = tls === undefined ? createWebServer() : createSecureWebServer(tls);
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => serve(createWebSocketStream(socket)));
  return server;
}
