import { spawn } from 'node:child_process';
import process from 'node:process';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { deferred } from '../../base/deferred.ts';
import { errorMessage } from '../../base/errors.ts';
import mqttPacket from '../mqtt/codec.ts';
import type { Endpoint } from '../mqtt/endpoint.ts';
import { type Feed, openFeed } from '../mqtt/feed.ts';
import { now, type Packet } from '../mqtt/packet.ts';
import { openWire } from '../mqtt/wire.ts';
import { endHere, type KernelEnd } from '../network/kernel-end.ts';

const PROGRAM = fileURLToPath(new URL('held-connection.js', import.meta.url));

/** A connection to a broker that a separate process on this machine holds. */
export type HeldConnection = {
  readonly pid: number | undefined;
  /** Every control packet so far, both directions; a sent packet has the time when its process received it. */
  readonly packets: Feed<Packet>;
  send(packet: Parameters<typeof mqttPacket.generate>[0]): void;
  /** Kills the process, so that its kernel closes the connection; returns how. */
  kill(): Promise<KernelEnd>;
};

/** The process reads what it sends from its input, and the endpoint from a pipe: no secret is in an argument or its environment. */
export function holdConnection(endpoint: Endpoint, signal: AbortSignal): HeldConnection {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], env: {}, signal });
  const pipe = child.stdio[3];
  if (pipe instanceof Writable) pipe.on('error', () => undefined).end(endpointText(endpoint));
  const packets = openFeed<Packet>('a client process');
  const ended = deferred<void>();
  const wire = openWire();
  /** Its local port, then what failed. */
  let lines = '';
  child.on('error', (error) => packets.end(error.message));
  child.on('close', (code) => {
    const complaint = lines.split('\n')[1] ?? '';
    packets.end(`it ended with exit code ${code}${complaint === '' ? '' : ` (${complaint})`}`);
    ended.resolve();
  });
  child.stdin.on('error', () => undefined);
  // a segment may hold half a packet, or two
  child.stdout.on('data', (chunk: Buffer) => {
    try {
      for (const packet of wire.take('received', chunk, now())) packets.push(packet);
    } catch (error) {
      packets.end(`no MQTT on the wire: ${errorMessage(error)}`);
    }
  });
  child.stderr.on('data', (chunk: Buffer) => {
    lines += chunk.toString();
  });
  return {
    pid: child.pid,
    packets,
    send(packet) {
      const bytes = mqttPacket.generate(packet);
      for (const sent of wire.take('sent', bytes, now())) packets.push(sent);
      child.stdin.write(bytes);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended.promise;
      return { at: now(), how: await endHere(Number.parseInt(lines, 10), endpoint) };
    },
  };
}

/** The endpoint as JSON for a program of this machine, with the key of its certificate. */
export function endpointText({ address, port, protocol, tls }: Endpoint): string {
  const { certificate } = tls ?? {};
  const key = certificate === undefined ? {} : { certificate: { ...certificate, key: certificate.key.reveal() } };
  return JSON.stringify({ address, port, protocol, ...(tls === undefined ? {} : { tls: { ...tls, ...key } }) });
}
