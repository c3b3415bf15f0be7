import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { deferred } from '../../base/deferred.ts';
import { errorMessage } from '../../base/errors.ts';
import mqttPacket from '../mqtt/codec.ts';
import { type Feed, openFeed } from '../mqtt/feed.ts';
import { now, type Packet } from '../mqtt/packet.ts';
import { openWire } from '../mqtt/wire.ts';
import { endOf, type KernelEnd, stateOf } from '../network/kernel-end.ts';

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

/** The process reads what it sends from its input: a password is in no argument and no environment. */
export function holdConnection(address: string, port: number, signal: AbortSignal): HeldConnection {
  const child = spawn(process.execPath, [PROGRAM, address, String(port)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {},
    signal,
  });
  const packets = openFeed<Packet>('a client process');
  const ended = deferred<void>();
  const wire = openWire();
  child.on('error', (error) => packets.end(error.message));
  child.on('close', (code) => {
    packets.end(`it ended with exit code ${code}`);
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
  let localPort = '';
  child.stderr.on('data', (chunk: Buffer) => {
    localPort += chunk.toString();
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
      return { at: now(), how: await kernelEnd(Number.parseInt(localPort, 10), port) };
    },
  };
}

/** `unknown` where the kernel has no table, as on another system than Linux. */
async function kernelEnd(localPort: number, port: number): Promise<KernelEnd['how']> {
  const files = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => ''));
  const table = (await Promise.all(files)).join('');
  return table === '' || Number.isNaN(localPort) ? 'unknown' : endOf(stateOf(table, localPort, port));
}
