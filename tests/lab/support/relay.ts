import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

/** A relay on 127.0.0.1 between the tool and a host's sshd. Disposing of it closes all its connections. */
export type Relay = AsyncDisposable & {
  readonly port: number;
  /** Stops to pass data of the open connections, in both directions, without closing them: a lost network. */
  cut(): void;
};

/**
 * Hands on what comes, each chunk after a call of `onChunk`, which gives how many there were since the relay was opened.
 * @param target port on 127.0.0.1, asked for each connection, since a container that starts again has another one
 */
export async function openRelay(target: () => Promise<number>, onChunk: (count: number) => void): Promise<Relay> {
  const sockets = new Set<Socket>();
  const cut = new Set<Socket>();
  let count = 0;
  const join = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on('data', (chunk) => {
      if (cut.has(from)) return;
      count += 1;
      onChunk(count);
      to.write(chunk);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      if (!cut.has(from)) to.destroy();
    });
  };
  const server = createServer(async (client) => {
    client.pause();
    const port = await target().catch(() => undefined);
    if (port === undefined) {
      client.destroy();
      return;
    }
    const host = createConnection({ host: '127.0.0.1', port });
    host.setNoDelay(true);
    client.setNoDelay(true);
    join(client, host);
    join(host, client);
    client.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  return {
    port: address.port,
    cut() {
      for (const socket of sockets) cut.add(socket);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
