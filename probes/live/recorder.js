// Holds a connection to a broker in a process of its own and records its bytes. recorder-lines.ts defines what it reads and
// prints. The endpoint is JSON on descriptor 3, since it may have a key. It ends with its input.
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { secured, webSocket } from '../clients/connection.js';

const endpoint = JSON.parse(readFileSync(3, 'utf8'));
const tcp = new Socket();
/** TCP, or TLS above it: what sends and receives a FIN. */
let layer = tcp;
/** The bytes of MQTT; undefined until all handshakes are complete. */
let stream;
const waiting = [];
/** How long it waits for the broker's FIN once the program has closed the connection. */
const LAST_FIN_MS = 1_000;

const COMMANDS = {
  send: ({ hex }) => send(Buffer.from(hex, 'hex')),
  fin: () => layer.end(),
  rst() {
    report({ is: 'end', by: 'client', how: 'RST' });
    // as reset.ts does it
    tcp._final = (callback) => callback();
    tcp.resetAndDestroy();
  },
  close() {
    layer.end();
    setTimeout(() => process.exit(0), LAST_FIN_MS);
  },
};

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const command = JSON.parse(line);
    COMMANDS[command.do](command);
  })
  .on('close', () => process.exit(0));
// Ctrl-C reaches the whole process group, and the lab still has to say DISCONNECT
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
tcp.setNoDelay(true);
report({ is: 'connecting' });
tcp.connect(endpoint.port, endpoint.address);
tcp.on('error', fail);
tcp.on('close', () => setImmediate(() => process.exit(0)));
tcp.on('connect', open);

async function open() {
  report({ is: 'open', port: tcp.localPort, pid: process.pid });
  if (endpoint.tls !== undefined) layer = await secured(tcp, endpoint, fail);
  layer.on('end', () => report({ is: 'end', by: 'broker', how: 'FIN' }));
  layer.on('finish', () => report({ is: 'end', by: 'client', how: 'FIN' }));
  const opened = endpoint.protocol === 'websockets' ? await webSocket(layer, endpoint, fail) : layer;
  opened.on('data', (chunk) => record('received', chunk));
  stream = opened;
  for (const chunk of waiting) send(chunk);
}

function send(chunk) {
  if (stream === undefined) return waiting.push(chunk);
  if (!stream.writable) return;
  record('sent', chunk);
  stream.write(chunk);
}

function record(direction, chunk) {
  report({ is: 'bytes', direction, hex: chunk.toString('hex') });
}

let hasFailed = false;
/** A layer passes on the error of the one below it. */
function fail({ code, message }) {
  if (hasFailed) return;
  hasFailed = true;
  const isReset = code === 'EPIPE' || (code === 'ECONNRESET' && !/before secure TLS connection/.test(message));
  if (isReset) report({ is: 'end', by: 'broker', how: 'RST' });
  if (!isReset || stream === undefined) report({ is: 'failed', why: message, code });
  tcp.destroy();
}

/** With the time of this machine's monotonic clock, in milliseconds. */
function report(event) {
  process.stdout.write(`${JSON.stringify({ ...event, at: Number(process.hrtime.bigint()) / 1e6 })}\n`);
}
