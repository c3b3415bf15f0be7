import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { isOfThisUser, uidOfPeer } from '../../../../live/server/peer.ts';
import { serving } from './_serving.ts';

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (local: string, remote: string, uid: number, state = '01') =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 4711 1 0000000000000000 20 4 30 10 -1`;
const ends = { remoteAddress: '127.0.0.1', remotePort: 40_000, localAddress: '127.0.0.1', localPort: 8_080 };
const [CLIENT, SERVER] = ['0100007F:9C40', '0100007F:1F90'];

for (const [what, rows, uid] of [
  ['the row of the client', [row(SERVER, CLIENT, 1000), row(CLIENT, SERVER, 1001)], 1001],
  ['an IPv6 socket', [row(`0000000000000000FFFF0000${CLIENT}`, `0000000000000000FFFF0000${SERVER}`, 1002)], 1002],
  ['another address with the same ports', [row('0200007F:9C40', SERVER, 1003)], undefined],
  ['only the row of the server', [row(SERVER, CLIENT, 1004)], undefined],
  ['a client that has closed its end', [row(CLIENT, SERVER, 0, '05')], undefined],
  ['no row', [], undefined],
] as const) {
  test(`the user of a connection: ${what}`, (t) => {
    t.is(uidOfPeer([HEADER, ...rows].join('\n'), ends), uid);
  });
}

/** Words in front of a command that run it as another user: root may, and whom sudo asks for no password. */
const AS_OTHER = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--'] : ['sudo', '-n', '-u', '#65534'];
const asOther = (script: string) => {
  const [program = '', ...words] = [...AS_OTHER, 'bash', '-c', script];
  return spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] });
};
const hasOther = spawnSync(AS_OTHER[0] ?? '', [...AS_OTHER.slice(1), 'bash', '-c', 'true']).status === 0;

function untried(t: ExecutionContext): void {
  t.log('nothing was tried: this user cannot run a program as another user');
  t.pass();
}

/** What a server of this user finds out about a client. */
async function judged(t: ExecutionContext, start: (port: number) => void): Promise<boolean> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = server.address();
  start(typeof address === 'object' ? (address?.port ?? 0) : 0);
  const [socket] = (await once(server, 'connection')) as [Socket];
  t.teardown(() => socket.destroy());
  return await isOfThisUser(socket);
}

test('a connection of this process has this user', async (t) => {
  const begin = (port: number) => {
    const client = connect(port, '127.0.0.1');
    t.teardown(() => client.destroy());
  };
  t.true(await judged(t, begin));
});

test('a connection of another user does not count as one of this user', async (t) => {
  if (!hasOther) return untried(t);
  const isOwn = await judged(t, (port) => {
    const child = asOther(`exec 3<>/dev/tcp/127.0.0.1/${port}; cat <&3`);
    t.teardown(() => child.kill('SIGKILL'));
  });
  t.false(isOwn);
});

test('the address for once leads another user nowhere, and this one still to the page', async (t) => {
  if (!hasOther) return untried(t);
  const { server, ask, home, port } = await serving(t);
  const { pathname, host } = new URL(server.addressForOnce());
  const lines = `GET ${pathname} HTTP/1.1\\r\\nHost: ${host}\\r\\nConnection: close\\r\\n\\r\\n`;
  const child = asOther(`exec 3<>/dev/tcp/127.0.0.1/${port}; printf '${lines}' >&3; cat <&3`);
  t.regex(await text(child.stdout), /^HTTP\/1\.1 404 /);
  t.is((await ask(pathname)).headers.location, home);
});
