import { createServer, type Server } from 'node:net';

/** A broker that answers a connection with these bytes, in hexadecimal. */
export async function sayer(hex: string): Promise<Server & AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => hex !== '' && socket.write(Buffer.from(hex, 'hex')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(server, { port, [Symbol.asyncDispose]: async () => void server.close() });
}
