import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { sshAnswer } from '../../../../provisioning/hosts/ssh-answer.ts';

const { signal } = new AbortController();

async function portOf(t: ExecutionContext, onConnect: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer(onConnect).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port }: AddressInfo = Object.assign({ port: 0, address: '', family: '' }, server.address());
  return port;
}

test('knows an SSH server by its first words, which may follow others', async (t) => {
  const port = await portOf(t, (socket) => {
    socket.write('welcome\r\nSS');
    socket.write('H-2.0-OpenSSH_10.0\r\n');
  });
  t.deepEqual(await sshAnswer('127.0.0.1', port, 10_000, signal), { kind: 'ssh' });
});

test('an open port alone is not SSH', async (t) => {
  const port = await portOf(t, (socket) => socket.end());
  t.deepEqual(await sshAnswer('127.0.0.1', port, 10_000, signal), { kind: 'closed' });
  const resets = await portOf(t, (socket) => socket.resetAndDestroy());
  t.deepEqual(await sshAnswer('127.0.0.1', resets, 10_000, signal), { kind: 'closed' });
  const mute = await portOf(t, (socket) => t.teardown(() => socket.destroy()));
  t.deepEqual(await sshAnswer('127.0.0.1', mute, 50, signal), { kind: 'silent', why: 'timed out' });
});

test('tells a closed port from an unknown name', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port }: AddressInfo = Object.assign({ port: 0, address: '', family: '' }, server.address());
  server.close();
  await once(server, 'close');
  t.deepEqual(await sshAnswer('127.0.0.1', port, 10_000, signal), { kind: 'refused' });
  t.deepEqual(await sshAnswer('no.such.host.invalid', 22, 60_000, signal), { kind: 'unknown name' });
});

test('says that this machine has no network to the host', async (t) => {
  // TCP has no route to the broadcast address (ip(7))
  const answer = await sshAnswer('255.255.255.255', 22, 10_000, signal);
  t.deepEqual(answer, { kind: 'silent', why: 'this machine has no network to it' });
});

test('ends when the signal comes', async (t) => {
  const mute = await portOf(t, (socket) => t.teardown(() => socket.destroy()));
  const abort = new AbortController();
  const answer = sshAnswer('127.0.0.1', mute, 60_000, abort.signal);
  abort.abort();
  t.deepEqual(await answer, { kind: 'silent', why: 'interrupted' });
});
