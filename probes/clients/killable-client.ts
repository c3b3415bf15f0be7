import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { deferred } from '../../base/deferred.ts';
import mqttPacket from '../mqtt/codec.ts';
import { NotSeen, openFeed } from '../mqtt/feed.ts';
import { now, type Packet } from '../mqtt/packet.ts';
import { freshClientId, type SessionOptions } from '../mqtt/session.ts';
import { openWire } from '../mqtt/wire.ts';
import { endOf, type KernelEnd, stateOf } from '../network/kernel-end.ts';

/** An MQTT client whose connection is held by a process of its own on this machine. Disposing of it ends it. */
export type KillableClient = AsyncDisposable & {
  readonly pid: number;
  readonly clientId: string;
  /** Every control packet so far, both directions; those that it sent, as of when they were handed to its process. */
  readonly packets: readonly Packet[];
  /** SIGKILL, and the end of the process: what is left of the connection is the kernel's to close. Tells how that did. */
  kill(): Promise<KernelEnd>;
};

const BOUND_MS = 20_000;

/** Tells its port, passes on bytes both ways, and ends with its connection or with its parent, which closes its input. */
const SCRIPT = `
const [address, port] = process.argv.slice(1);
const socket = require('node:net').connect({ port: Number(port), host: address, noDelay: true });
socket.on('connect', () => process.stderr.write(socket.localPort + '\\n'));
socket.on('data', (chunk) => process.stdout.write(chunk)).on('close', () => process.exit(4)).on('error', () => process.exit(5));
process.stdin.on('data', (chunk) => socket.write(chunk)).on('end', () => process.exit(0));
`;

/**
 * Starts a process that connects, subscribes where there is a filter, and then only stays. Its login travels by its input: a password is in no
 * argument list and no environment. Throws a NotSeen when the broker does not let it in.
 */
export async function startKillable(
  {
    address,
    port,
    login,
    will,
    keepAlive = 60,
    filter,
    clientId = freshClientId(),
  }: SessionOptions & { readonly filter?: string },
  signal: AbortSignal,
): Promise<KillableClient> {
  signal.throwIfAborted();
  const args = ['-e', SCRIPT, '--', address, String(port)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], env: {}, signal });
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
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  const kill = async (): Promise<KernelEnd> => {
    child.kill('SIGKILL');
    await ended.promise;
    const at = now();
    const localPort = Number.parseInt(told, 10);
    const table = await connections();
    return { how: table === '' || Number.isNaN(localPort) ? 'unknown' : endOf(stateOf(table, localPort, port)), at };
  };
  const send = (packet: Parameters<typeof mqttPacket.generate>[0]) => {
    const bytes = mqttPacket.generate(packet);
    for (const sent of wire.take('sent', bytes, now())) feed.push(sent);
    child.stdin.write(bytes);
  };
  try {
    send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId,
      keepalive: keepAlive,
      ...(login === undefined ? {} : { username: login.user }),
      ...(login?.password === undefined ? {} : { password: Buffer.from(login.password) }),
      ...(will === undefined ? {} : { will }),
    });
    const { code } = await feed.first(({ type }) => type === 'CONNACK', 'CONNACK', BOUND_MS);
    if (code !== 0) throw new NotSeen(`a client process: the broker refused it with code ${code}`);
    if (filter !== undefined) {
      const subscriptions = [{ topic: filter, qos: 0 }] as const;
      send({ cmd: 'subscribe', messageId: 1, subscriptions: [...subscriptions] });
      await feed.first(({ type }) => type === 'SUBACK', 'SUBACK', BOUND_MS);
    }
  } catch (error) {
    await kill();
    throw error;
  }
  const { pid } = child;
  if (pid === undefined) throw new Error('a client process without a process id');
  const end = async () => {
    await kill();
  };
  return { pid, clientId, packets: feed.items, kill, [Symbol.asyncDispose]: end };
}

/** The kernel's table; empty where there is none, as on another system than Linux. */
async function connections(): Promise<string> {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => ''));
  return (await Promise.all(tables)).join('');
}
