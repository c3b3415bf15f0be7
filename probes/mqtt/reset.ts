import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Ends a TCP connection by RST alone, after everything that was written. Node's resetAndDestroy sends a FIN first, and a
 * `destroy` during that FIN never closes the handle, so that the process spins at its end (Node 20: uv_tcp_close_reset
 * refuses a socket that is shutting down).
 * @param above the stream over the TCP connection, such as TLS, which sends nothing either
 */
export function resetConnection(socket: Socket, above: Duplex = socket): void {
  const isShuttingDown = above.writableEnded && !above.writableFinished;
  if (isShuttingDown) {
    above.destroy();
    return;
  }
  socket._final = (callback) => callback();
  socket.resetAndDestroy();
}
