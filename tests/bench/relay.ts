import { once } from 'node:events';
import { createServer, Socket } from 'node:net';

/** A TCP port of this machine that adds delay to a connection. */
export type Relay = AsyncDisposable & { readonly port: number };

/**
 * Forwards connections to `host` and `port`, in order and `delayMs` late in each direction; 20 ms make a round-trip time of 40 ms.
 * It loses nothing and does not limit the rate. The kernel accepts a connection at once, so the relay adds the handshake's delay.
 */
export async function openRelay(host: string, port: number | 'its own', delayMs: number): Promise<Relay> {
  const open = new Set<Socket>();
  const hold = (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // `close` ends the other side
    socket.on('error', () => undefined);
    return socket;
  };
  let own = 0;
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    hold(near);
    near.pause();
    // the near side is connected and sends its first bytes
    setTimeout(() => {
      if (near.destroyed) return;
      const far = hold(new Socket({ allowHalfOpen: true }));
      // the host accepts the connection when these arrive
      setTimeout(() => far.destroyed || far.setNoDelay(true).connect(port === 'its own' ? own : port, host), delayMs);
      pass(near, far, delayMs);
      pass(far, near, delayMs);
    }, 2 * delayMs);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  own = address.port;
  return {
    port: own,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** Timers of one duration end in the order in which they were set (timers of Node, lists by duration). */
function pass(from: Socket, to: Socket, delayMs: number): void {
  const late = (action: () => void) => setTimeout(() => to.destroyed || action(), delayMs);
  from.on('data', (bytes) => late(() => to.write(bytes)));
  from.on('end', () => late(() => to.end()));
  from.on('close', (hadError) => late(() => (hadError ? to.destroy() : to.end())));
  from.resume();
}
