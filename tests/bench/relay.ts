import { once } from 'node:events';
import { createServer, Socket } from 'node:net';

/** A TCP port of this machine behind which a host seems to be far away. */
export type Relay = AsyncDisposable & { readonly port: number };

/**
 * Passes connections on to `host` and `port`, each direction `delayMs` late and in its order; 20 ms make a round-trip time of 40 ms. Nothing is lost and the
 * link is as wide as the machine allows. The kernel takes a connection at once, so the two ways of its handshake are waited for here.
 */
export async function openRelay(host: string, port: number | 'its own', delayMs: number): Promise<Relay> {
  const open = new Set<Socket>();
  const hold = (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // the other side is told by `close`
    socket.on('error', () => undefined);
    return socket;
  };
  let own = 0;
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    hold(near);
    near.pause();
    // the near side has its answer, and says its first words
    setTimeout(() => {
      if (near.destroyed) return;
      const far = hold(new Socket({ allowHalfOpen: true }));
      // the host knows of the connection when these arrive
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
