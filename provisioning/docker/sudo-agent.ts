import { spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';

/**
 * An HTTP agent that reaches the engine's socket through sudo, for a user who has sudo but is not yet in the group docker.
 * Node is the bridge, since the engine's package has no docker client on Debian 13.
 */
export function sudoAgent(socketPath: string): Agent {
  const agent = new Agent({ keepAlive: false });
  return Object.assign(agent, { createConnection: () => dial(socketPath) });
}

const BRIDGE = `const socket = require('node:net').connect(process.argv[1]);
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('error', () => process.exit(1));`;

function dial(socketPath: string): Duplex {
  const child = spawn('sudo', ['-n', process.execPath, '-e', BRIDGE, socketPath], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.on('close', () => child.kill());
  // http calls these methods of a socket
  return Object.assign(stream, {
    setKeepAlive: () => stream,
    setNoDelay: () => stream,
    setTimeout: () => stream,
    ref: () => stream,
    unref: () => stream,
  });
}
