import type { Socket } from 'node:net';

/**
 * Ends a TCP connection by RST alone, after everything that was written. Node's resetAndDestroy sends a FIN first, and a
 * `destroy` during that FIN never closes the handle, so that the process spins at its end (Node 20: uv_tcp_close_reset
 * refuses a socket that is shutting down).
 */
export function resetConnection(socket: Socket): void {
  const isShuttingDown = socket.writableEnded && !socket.writableFinished;
  if (isShuttingDown) {
    socket.destroy();
    return;
  }
  socket._final = (callback) => callback();
  socket.resetAndDestroy();
}
