import { spawn } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import ssh2, { type Connection } from 'ssh2';
import { Secret } from '../../../../base/secret.ts';
import { sshHost } from '../../../../provisioning/hosts/ssh.ts';
import { until } from '../../../lab/support/until.ts';
import { onLoopback } from '../../_fake-broker.ts';

const BOUND_MS = 20_000;
const PASSWORD = 'the password of nora';

/** An SSH server that runs commands on this machine, and how to reach it. */
async function server(t: ExecutionContext) {
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const sockets: Socket[] = [];
  const sshd = new ssh2.Server({ hostKeys: [keys.private] }, (client: Connection) => {
    client.on('error', () => undefined);
    client.on('authentication', (login) => {
      if (login.method === 'password' && login.password === PASSWORD) login.accept();
      else login.reject(['password']);
    });
    client.on('session', (acceptSession) => {
      acceptSession().on('exec', (acceptExec, _, { command }) => {
        const channel = acceptExec();
        const child = spawn('sh', ['-c', command]);
        channel.pipe(child.stdin);
        child.stdin.on('error', () => undefined);
        // as sshd does, where the connection is gone
        channel.on('close', () => child.stdin.destroy());
        child.stdout.pipe(channel, { end: false });
        child.stderr.pipe(channel.stderr, { end: false });
        child.on('close', (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
      });
    });
  });
  const listening = createServer((socket) => {
    sockets.push(socket);
    sshd.injectSocket(socket);
  });
  const { address, port } = await onLoopback(t, listening, sockets);
  const password = new Secret(PASSWORD);
  const login = { user: 'nora', identity: undefined, hostKey: keys.public, password, isComplete: true } as const;
  return { ...login, address, port };
}

test('a script over SSH reads what is written while it runs, and the end of its input', async (t) => {
  const address = await server(t);
  await using host = await sshHost('pi', address);
  const lines: string[] = [];
  const script = 'while IFS= read -r line; do echo "got $line"; done; echo ended';
  const running = host.start({
    ...{ step: 'talk', script, timeoutMs: BOUND_MS, keepsInput: true },
    onLine: (line) => lines.push(line),
  });
  running.input?.write('first\n');
  await until('the first answer', BOUND_MS, () => lines.includes('got first') || undefined);
  running.input?.write('second\n');
  running.input?.end();
  t.is((await running.result).code, 0);
  t.deepEqual(lines, ['got first', 'got second', 'ended']);
  t.is((await host.start({ step: 'read', script: 'cat; echo read', timeoutMs: BOUND_MS }).result).stdout, 'read\n');
});
