// Holds a connection in a process of its own: prints its local port, passes bytes both ways, and ends with the connection
// or with its parent, which closes its input. The endpoint is JSON on descriptor 3, since it may have a key.
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import process from 'node:process';
import { secured, webSocket } from './connection.js';

const endpoint = JSON.parse(readFileSync(3, 'utf8'));
const { address, port, protocol, tls } = endpoint;
const tcp = new Socket();
tcp.setNoDelay(true);
tcp.connect(port, address);
tcp.on('error', fail);
// after what TLS or the WebSocket above it reports
tcp.on('close', () => setImmediate(() => process.exit(4)));
tcp.on('connect', async () => {
  process.stderr.write(`${tcp.localPort}\n`);
  const bytes = tls === undefined ? tcp : await secured(tcp, endpoint, fail);
  const stream = protocol === 'websockets' ? await webSocket(bytes, endpoint, fail) : bytes;
  stream.on('error', fail);
  stream.on('data', (chunk) => process.stdout.write(chunk));
  send = (chunk) => stream.write(chunk);
  for (const chunk of waiting) send(chunk);
});
const waiting = [];
let send = (chunk) => waiting.push(chunk);
process.stdin.on('data', (chunk) => send(chunk));
process.stdin.on('end', () => process.exit(0));

function fail({ message }) {
  process.stderr.write(`${message}\n`);
  process.exit(5);
}
