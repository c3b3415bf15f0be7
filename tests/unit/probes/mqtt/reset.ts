import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import test from 'ava';
import { within } from '../../../../probes/mqtt/feed.ts';
import { resetConnection } from '../../../../probes/mqtt/reset.ts';

const BOUND_MS = 10_000;

test('sends the written bytes, then an RST without a FIN', async (t) => {
  const server = createServer();
  t.teardown(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') return t.fail('no port');
  const client = createConnection({ port: address.port, host: '127.0.0.1' });
  const [peer]: Socket[] = await once(server, 'connection');
  if (peer === undefined) return t.fail('no connection');
  const seen: string[] = [];
  peer.on('data', (chunk) => seen.push(chunk.toString()));
  peer.on('end', () => seen.push('FIN'));
  peer.on('error', (error: NodeJS.ErrnoException) => seen.push(error.code ?? ''));
  const closed = new Promise<void>((resolve) => peer.once('close', () => resolve()));
  client.write('last');
  await within(once(peer, 'data'), 'data', BOUND_MS);
  resetConnection(client);
  // a cleanup may destroy it as well
  client.destroy();
  await within(closed, 'close', BOUND_MS);
  t.deepEqual(seen, ['last', 'ECONNRESET']);
});
