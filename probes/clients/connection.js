// Opens connections in processes of their own, as transport.ts does it, which such a process cannot load without a bundle.
import { isIP } from 'node:net';

/** TLS above a connected socket. It resolves once the broker's certificate is verified, and leaves errors to `fail`. */
export async function secured(socket, { address, tls }, fail) {
  const { checkServerIdentity, connect } = await import('node:tls');
  const { ca, certificate, servername: name = address } = tls;
  const secure = connect({
    ...{ socket, ca, minVersion: 'TLSv1.2', rejectUnauthorized: true },
    servername: isIP(name) === 0 ? name : '',
    checkServerIdentity: (_, shown) => checkServerIdentity(name, shown),
    ...(certificate === undefined ? {} : { cert: certificate.chain, key: certificate.key }),
  });
  secure.on('error', fail);
  return await new Promise((resolve) => secure.once('secureConnect', () => resolve(secure)));
}

/** A WebSocket above a connection that is open. */
export async function webSocket(bytes, { tls }, fail) {
  const { createWebSocketStream, WebSocket } = await import('ws');
  const options = { createConnection: () => bytes, perMessageDeflate: false };
  const socket = new WebSocket(`${tls === undefined ? 'ws' : 'wss'}://broker/mqtt`, 'mqtt', options);
  const stream = createWebSocketStream(socket);
  stream.on('error', fail);
  return await new Promise((resolve) => socket.once('open', () => resolve(stream)));
}
