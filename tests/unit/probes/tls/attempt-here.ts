import { createServer } from 'node:net';
import test from 'ava';
import { attemptHere } from '../../../../probes/tls/attempt-here.ts';
import { tryAll } from './_attempts.ts';

test('shows what comes of each attempt, each version of TLS alone too', async (t) => {
  await tryAll(t, async (attempts) => await Promise.all(attempts.map((attempt) => attemptHere(attempt))));
});

test('ends within its bound where the broker stays silent', async (t) => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const attempt = { address: '127.0.0.1', port: address.port, steps: [], tls: { name: '127.0.0.1' } };
  const { end, isConnected } = await attemptHere(attempt, 200);
  t.deepEqual({ end, isConnected }, { end: { kind: 'silent' }, isConnected: true });
});
