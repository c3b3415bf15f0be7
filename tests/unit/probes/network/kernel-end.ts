import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import test from 'ava';
import { endOf, type KernelEnd, killClient, killScript, stateOf } from '../../../../probes/network/kernel-end.ts';
import { localHost } from '../../../../provisioning/hosts/local.ts';
import { syntaxError } from '../../_sh.ts';

/** /proc/net/tcp, then tcp6. */
const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:075B 0100007F:9C40 08 00000000:00000000 00:00000000 00000000   112        0 7 1 0000000000000000 20 4 30 10 -1
   1: 0100007F:9C40 0100007F:075B 05 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000000000000 20 4 30 10 -1
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:9C41 0000000000000000FFFF00000100007F:075B 06 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000000000000 20 4 30 10 -1
`;

test('finds the state of a connection by the ports of both ends', (t) => {
  t.is(stateOf(TABLE, 40_000, 1883), '05');
  t.is(stateOf(TABLE, 40_001, 1883), '06');
  t.is(stateOf(TABLE, 40_002, 1883), undefined);
  t.is(stateOf('', 40_000, 1883), undefined);
});

/** [state of the client's end; how the connection ended] */
const ends: readonly (readonly [state: string | undefined, how: KernelEnd['how']])[] = [
  ['04', 'FIN'],
  ['06', 'FIN'],
  ['01', 'unknown'],
  ['08', 'unknown'],
  ['09', 'unknown'],
  [undefined, 'RST'],
];

for (const [state, how] of ends)
  test(`finds that a connection in state ${state} ended by: ${how}`, (t) => t.is(endOf(state), how));

/** [unread bytes of the killed client; how its kernel ends the connection (tcp_close, net/ipv4/tcp.c of Linux)] */
const unread: readonly (readonly [text: string, how: KernelEnd['how']])[] = [
  ['', 'FIN'],
  ['unread', 'RST'],
];

for (const [text, how] of unread) {
  test(`finds the end of a killed process with ${text === '' ? 'nothing' : 'something'} unread`, async (t) => {
    const accepted: Socket[] = [];
    const server = createServer((socket) => {
      accepted.push(socket.on('error', () => undefined));
      socket.write(`x${text}`);
    });
    t.teardown(() => {
      for (const socket of accepted) socket.destroy();
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') return t.fail('no port');
    // reads one byte and then nothing; sleep inherits the connection
    const script = `exec 3<>/dev/tcp/127.0.0.1/${address.port}; head -c 1 <&3; exec sleep 60`;
    const client = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    t.teardown(() => client.kill('SIGKILL'));
    await once(client.stdout, 'data');
    if (client.pid === undefined) return t.fail('no process');
    const end = await killClient(localHost('here'), client.pid, address.port);
    t.is(end.how, how);
    t.true(end.at <= performance.timeOrigin + performance.now());
  });
}

test('makes a valid shell script', (t) => t.is(syntaxError(killScript(1, 1883)), ''));
