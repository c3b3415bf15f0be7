import { spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';

/**
 * An HTTP agent whose connections are `sudo docker system dial-stdio`, the command that the docker client itself uses to reach an
 * engine over ssh. It lets a user who has sudo, but is not yet in the group docker, use the engine's socket.
 */
export function sudoAgent(): Agent {
  const agent = new Agent({ keepAlive: false });
  return Object.assign(agent, { createConnection: () => dial() });
}

function dial(): Duplex {
  const child = spawn('sudo', ['-n', 'docker', 'system', 'dial-stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.on('close', () => child.kill());
  // what http expects of a socket
  return Object.assign(stream, {
    setKeepAlive: () => stream,
    setNoDelay: () => stream,
    setTimeout: () => stream,
    ref: () => stream,
    unref: () => stream,
  });
}
