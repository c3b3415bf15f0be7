import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import type { Packet, PacketType } from '../../../probes/mqtt/packet.ts';
import { until, within } from './until.ts';

/** A control packet as tshark sees it; `bytes` with the fixed header. */
export type Captured = Pick<Packet, 'direction' | 'type'> & { readonly bytes: number };

export function comparable({ direction, type, bytes = 0 }: Pick<Packet, 'direction' | 'type' | 'bytes'>): Captured {
  return { direction, type, bytes };
}

/** The control packets of each connection, in the order of the wire, by client id: a client may connect more than once. */
export type Connections = ReadonlyMap<string, readonly (readonly Captured[])[]>;

/** A capture on this machine's loopback. */
export type Capture = {
  /** Ends it and returns what it captured. */
  stop(): Promise<Connections>;
};

const BOUND_MS = 15_000;
/** Packets that may wait to be written. */
const QUEUE = '200000';

/** In the order of their numbers, the first of which is 1 (MQTT 3.1.1, table 2.1). */
export const PACKET_TYPES = [
  ...(['CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBSCRIBE'] as const),
  ...(['SUBACK', 'UNSUBSCRIBE', 'UNSUBACK', 'PINGREQ', 'PINGRESP', 'DISCONNECT', 'AUTH'] as const),
] satisfies readonly PacketType[];

/** What is captured: TCP of these ports on these interfaces. */
export type CaptureOptions = { readonly interfaces: readonly string[]; readonly ports: readonly number[] };

/** Captures what goes to and from a port of the loopback; says why where this machine has no tshark or lets this user capture nothing. */
export async function startCapture(port: number, file: string): Promise<Capture | string> {
  const capturing = await startDumpcap({ interfaces: ['lo'], ports: [port] }, port, file);
  if (typeof capturing === 'string') return capturing;
  return {
    async stop() {
      await capturing.end();
      const fields = ['tcp.stream', 'tcp.dstport', 'mqtt.msgtype', 'mqtt.len', 'mqtt.clientid'];
      return byClient(await capturing.decode([port], fields), port);
    },
  };
}

/** A capture under way; `mark` is a port of the loopback that is among what it captures. */
export type Dumpcap = {
  /** Ends it, when all is in the file that went before. */
  end(): Promise<void>;
  /** Lines of the frames with MQTT, their fields between bars; the file is gone afterwards. */
  decode(ports: readonly number[], fields: readonly string[], filter?: string): Promise<string>;
};

export async function startDumpcap(
  { interfaces, ports }: CaptureOptions,
  mark: number,
  file: string,
): Promise<Dumpcap | string> {
  if ((await run('tshark', ['--version'])) === undefined) return 'tshark is not installed';
  const filter = ports.map((port) => `tcp port ${port}`).join(' or ');
  const places = interfaces.flatMap((name) => ['-i', name, '-f', filter]);
  // the usual queue holds 1,000 packets, and what comes while this machine is busy is lost
  const dumpcap = spawn('dumpcap', ['-q', '-N', QUEUE, ...places, '-w', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  dumpcap.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  let isOver = false;
  const ended = once(dumpcap, 'close').finally(() => {
    isOver = true;
  });
  ended.catch(() => undefined);
  /** Makes connections until the capture has one: the kernel hands over what it saw in order, so all that went before is in the file too. */
  const caughtUp = async (what: string) => {
    const marks: Buffer[] = [];
    return await until(what, BOUND_MS, async () => {
      if (isOver) return false;
      marks.push(await touch(mark));
      const seen = await readFile(file).catch(() => Buffer.alloc(0));
      return marks.some((bytes) => seen.includes(bytes)) ? true : undefined;
    });
  };
  if (!(await caughtUp('the first packet in the capture'))) return `dumpcap: ${output.trim()}`;
  return {
    async end() {
      try {
        await caughtUp('the last packet in the capture');
      } finally {
        dumpcap.kill('SIGINT');
        await within('the end of dumpcap', BOUND_MS, ended);
      }
    },
    async decode(of, fields, only = 'mqtt') {
      const as = of.flatMap((port) => ['-d', `tcp.port==${port},mqtt`]);
      const shown = fields.flatMap((name) => ['-e', name]);
      const args = ['-r', file, ...as, '-Y', only, '-T', 'fields', '-E', 'separator=|', ...shown];
      const frames = (await run('tshark', args)) ?? '';
      await rm(file, { force: true });
      return frames;
    },
  };
}

/** Lines of `stream|destination port|types|remaining lengths|client ids`, those of one frame between commas. */
export function byClient(frames: string, port: number): Connections {
  const names = new Map<string, string>();
  const streams = new Map<string, Captured[]>();
  for (const line of frames.split('\n').filter(Boolean)) {
    const [stream = '', to, types = '', lengths = '', clientId] = line.split('|');
    const packets = streams.get(stream) ?? [];
    streams.set(stream, packets);
    if (clientId) names.set(stream, clientId);
    const remaining = lengths.split(',').map(Number);
    for (const [index, number] of types.split(',').entries()) {
      const type = PACKET_TYPES[Number(number) - 1];
      const length = remaining[index];
      if (type === undefined || length === undefined) throw new Error(`tshark said ${line}`);
      packets.push({
        direction: Number(to) === port ? 'sent' : 'received',
        type,
        bytes: 1 + lengthBytes(length) + length,
      });
    }
  }
  const connections = new Map<string, Captured[][]>();
  for (const [stream, packets] of streams) {
    const name = names.get(stream) ?? `stream ${stream}`;
    connections.set(name, [...(connections.get(name) ?? []), packets]);
  }
  return connections;
}

/** A remaining length takes a byte for each seven bits (MQTT-2.2.3). */
function lengthBytes(length: number): number {
  return length < 2 ** 7 ? 1 : length < 2 ** 14 ? 2 : length < 2 ** 21 ? 3 : 4;
}

/** A connection without a byte of MQTT; gives what its TCP headers begin with, the two ports. */
async function touch(port: number): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  await within(`a connection to port ${port}`, BOUND_MS, once(socket, 'connect'));
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(socket.localPort ?? 0, 0);
  ports.writeUInt16BE(port, 2);
  socket.destroy();
  return ports;
}

async function run(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(program, args, { maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
