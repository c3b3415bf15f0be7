import { spawn } from 'node:child_process';
import process from 'node:process';
import { deferred } from '../provisioning/deferred.ts';
import mqttPacket from './codec.ts';
import { NotSeen, within } from './feed.ts';
import { freshClientId, type SessionWish } from './session.ts';

/** An MQTT client that is a process of its own on this machine. Disposing of it ends it. */
export type KillableClient = AsyncDisposable & {
  readonly pid: number;
  /** SIGKILL: what is left of the connection is the kernel's to close. */
  kill(): void;
};

const BOUND_MS = 10_000;

/**
 * Sends the bytes that its input tells as one line of JSON, waits for so many bytes of answer, says so, and then for its end: which is its parent's
 * too, when that closes the input.
 */
const SCRIPT = `
const net = require('node:net');
let text = '';
process.stdin.on('data', (chunk) => {
  text += chunk;
  if (!text.includes('\\n')) return;
  const { address, port, steps } = JSON.parse(text);
  text = '';
  const socket = net.connect(port, address);
  const next = () => {
    const step = steps.shift();
    if (step === undefined) process.stdout.write('ready\\n');
    else socket.write(Buffer.from(step, 'hex'));
  };
  socket.on('connect', next).on('data', (answer) => {
    if (answer[0] === 0x20 && answer[3] !== 0) process.exit(3);
    if (answer[0] === 0x20 || answer[0] === 0x90) next();
  }).on('close', () => process.exit(4)).on('error', () => process.exit(5));
}).on('end', () => process.exit(0));
`;

/**
 * Starts a process that connects, subscribes where there is a filter, and then only stays. Its login travels by its input: a password is in no
 * argument list and no environment. Throws a NotSeen when the broker does not let it in.
 */
export async function startKillable(
  { address, port, login, will, keepAlive = 60, filter }: SessionWish & { readonly filter?: string },
  signal: AbortSignal,
): Promise<KillableClient> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, ['-e', SCRIPT], { stdio: ['pipe', 'pipe', 'ignore'], env: {}, signal });
  const ready = deferred<void>();
  const ended = deferred<void>();
  child.on('error', (error) => ready.reject(error));
  child.on('close', (code) => {
    ready.reject(new NotSeen(`a client process ended before it was ready: exit code ${code}`));
    ended.resolve();
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', () => ready.resolve());
  const connect = mqttPacket.generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: freshClientId(),
    keepalive: keepAlive,
    ...(login === undefined ? {} : { username: login.user }),
    ...(login?.password === undefined ? {} : { password: Buffer.from(login.password) }),
    ...(will === undefined ? {} : { will }),
  });
  const subscribe =
    filter === undefined
      ? []
      : [mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos: 0 }] })];
  const steps = [connect, ...subscribe].map((packet) => packet.toString('hex'));
  child.stdin.write(`${JSON.stringify({ address, port, steps })}\n`);
  const client: Omit<KillableClient, 'pid'> = {
    kill: () => void child.kill('SIGKILL'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended.promise;
    },
  };
  try {
    await within(ready.promise, 'CONNACK for a client process', BOUND_MS);
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
  const { pid } = child;
  if (pid === undefined) throw new Error('a client process without a process id');
  return { ...client, pid };
}
