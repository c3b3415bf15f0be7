// Holds a connection in a process of its own: prints its local port, passes bytes both ways, and ends with the connection
// or with its parent, which closes its input. The endpoint is JSON on descriptor 3, since it may have a key.
import { readFileSync } from 'node:fs';
import { isIP, Socket } from 'node:net';
import process from 'node:process';

const { address, port, protocol, tls } = JSON.parse(readFileSync(3, 'utf8'));
const tcp = new Socket();
tcp.setNoDelay(true);
tcp.connect(port, address);
tcp.on('error', fail);
// after what TLS or the WebSocket above it reports
tcp.on('close', () => setImmediate(() => process.exit(4)));
tcp.on('connect', async () => {
  process.stderr.write(`${tcp.localPort}\n`);
  const bytes = tls === undefined ? tcp : await secured();
  const stream = protocol === 'websockets' ? await webSocket(bytes) : bytes;
  stream.on('error', fail);
  stream.on('data', (chunk) => process.stdout.write(chunk));
  send = (chunk) => stream.write(chunk);
  for (const chunk of waiting) send(chunk);
});
const waiting = [];
let send = (chunk) => waiting.push(chunk);
process.stdin.on('data', (chunk) => send(chunk));
process.stdin.on('end', () => process.exit(0));

/** As transport.ts does it, which a process without a bundle cannot load. */
async function secured() {
  const { checkServerIdentity, connect } = await import('node:tls');
  const { ca, certificate, servername: name = address } = tls;
  const secure = connect({
    ...{ socket: tcp, ca, minVersion: 'TLSv1.2', rejectUnauthorized: true },
    servername: isIP(name) === 0 ? name : '',
    checkServerIdentity: (_, shown) => checkServerIdentity(name, shown),
    ...(certificate === undefined ? {} : { cert: certificate.chain, key: certificate.key }),
  });
  secure.on('error', fail);
  return await new Promise((resolve) => secure.once('secureConnect', () => resolve(secure)));
}

async function webSocket(bytes) {
  const { createWebSocketStream, WebSocket } = await import('ws');
  const options = { createConnection: () => bytes, perMessageDeflate: false };
  const socket = new WebSocket(`${tls === undefined ? 'ws' : 'wss'}://broker/mqtt`, 'mqtt', options);
  const stream = createWebSocketStream(socket);
  stream.on('error', fail);
  return await new Promise((resolve) => socket.once('open', () => resolve(stream)));
}

function fail({ message }) {
  process.stderr.write(`${message}\n`);
  process.exit(5);
}
