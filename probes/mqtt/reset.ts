import type { Socket } from 'node:net';

/**
 * Ends a TCP connection by RST alone, once what was written has gone out. Node's own resetAndDestroy sends a FIN before it, and where somebody calls
 * `destroy` while that FIN is under way, the handle is never closed and the process spins for ever at its end (Node 20: uv_tcp_close_reset refuses
 * a socket that is shutting down).
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
