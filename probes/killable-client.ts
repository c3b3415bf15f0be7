import { spawn } from 'node:child_process';
import process from 'node:process';
import { deferred } from '../provisioning/deferred.ts';
import mqttPacket from './codec.ts';
import { NotSeen, openFeed } from './feed.ts';
import { now, type Packet } from './packet.ts';
import { freshClientId, type SessionWish } from './session.ts';
import { openWire } from './wire.ts';

/** An MQTT client whose connection is held by a process of its own on this machine. Disposing of it ends it. */
export type KillableClient = AsyncDisposable & {
  readonly pid: number;
  /** SIGKILL, and the end of the process: what is left of the connection is the kernel's to close. */
  kill(): Promise<void>;
};

const BOUND_MS = 20_000;

/** Passes on bytes both ways, and ends with its connection or with its parent, which closes its input. */
const SCRIPT = `
const [address, port] = process.argv.slice(1);
const socket = require('node:net').connect({ port: Number(port), host: address, noDelay: true });
socket.on('data', (chunk) => process.stdout.write(chunk)).on('close', () => process.exit(4)).on('error', () => process.exit(5));
process.stdin.on('data', (chunk) => socket.write(chunk)).on('end', () => process.exit(0));
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
  const args = ['-e', SCRIPT, '--', address, String(port)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'], env: {}, signal });
  const feed = openFeed<Packet>('a client process');
  const ended = deferred<void>();
  const wire = openWire();
  child.on('error', (error) => feed.end(error.message));
  child.on('close', (code) => {
    feed.end(`it ended with exit code ${code}`);
    ended.resolve();
  });
  child.stdin.on('error', () => undefined);
  // as they come: a segment may hold half a packet, or two
  child.stdout.on('data', (chunk: Buffer) => {
    try {
      for (const packet of wire.take('received', chunk, now())) feed.push(packet);
    } catch (error) {
      feed.end(`no MQTT on the wire: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended.promise;
  };
  try {
    child.stdin.write(
      mqttPacket.generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: freshClientId(),
        keepalive: keepAlive,
        ...(login === undefined ? {} : { username: login.user }),
        ...(login?.password === undefined ? {} : { password: Buffer.from(login.password) }),
        ...(will === undefined ? {} : { will }),
      }),
    );
    const { code } = await feed.first(({ type }) => type === 'CONNACK', 'CONNACK', BOUND_MS);
    if (code !== 0) throw new NotSeen(`a client process: the broker refused it with code ${code}`);
    if (filter !== undefined) {
      const subscriptions = [{ topic: filter, qos: 0 }] as const;
      child.stdin.write(mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [...subscriptions] }));
      await feed.first(({ type }) => type === 'SUBACK', 'SUBACK', BOUND_MS);
    }
  } catch (error) {
    await kill();
    throw error;
  }
  const { pid } = child;
  if (pid === undefined) throw new Error('a client process without a process id');
  return { pid, kill, [Symbol.asyncDispose]: kill };
}
