// Holds a TCP connection in a process of its own: prints its local port, passes bytes both ways, and ends with the
// connection or with its parent, which closes its input.
import { connect } from 'node:net';
import process from 'node:process';

const [host, port] = process.argv.slice(2);
const socket = connect({ host, port: Number(port), noDelay: true });
socket.on('connect', () => process.stderr.write(`${socket.localPort}\n`));
socket.on('data', (chunk) => process.stdout.write(chunk));
socket.on('close', () => process.exit(4));
socket.on('error', () => process.exit(5));
process.stdin.on('data', (chunk) => socket.write(chunk));
process.stdin.on('end', () => process.exit(0));
