import { readFile } from 'node:fs/promises';
import { deferred } from '../../base/deferred.ts';
import { ignoreFailure } from '../../base/errors.ts';
import { endRunning } from '../../provisioning/hosts/end-running.ts';
import { type Host, run } from '../../provisioning/hosts/host.ts';
import { pythonScript, whenOver } from '../host-command.ts';
import { type Feed, openFeed } from '../mqtt/feed.ts';
import type { HostEndpoint } from '../mqtt/host-endpoint.ts';
import { now, type Packet } from '../mqtt/packet.ts';
import type { QoS } from '../mqtt/session.ts';
import { parsePahoLog } from './paho-log.ts';

export type PahoOptions = HostEndpoint & {
  readonly topic: string;
  readonly qos: QoS;
  readonly clientId: string;
  readonly user: string;
  readonly password?: string;
  /** Seconds. @default 60 */
  readonly keepAlive?: number;
  readonly will?: { readonly topic: string; readonly payload: string; readonly qos: QoS };
};

export type PahoEvent =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'process'; readonly pid: number }
  | { readonly kind: 'subscribed'; readonly qos: number }
  | { readonly kind: 'message'; readonly qos: number; readonly payload: Buffer }
  /** A line of paho-mqtt's log, such as `Sending DISCONNECT`. */
  | { readonly kind: 'log'; readonly text: string }
  /** It has sent DISCONNECT and closed the connection. */
  | { readonly kind: 'disconnected' };

/** A client in Python on a host, with the paho-mqtt there. Disposing of it ends it. */
export type PahoClient = AsyncDisposable & {
  readonly events: Feed<PahoEvent>;
  /** The control packets that it logs. */
  readonly packets: Feed<Packet>;
  /** Process id on the host. */
  readonly pid: Promise<number>;
  /** Its exit code, once it has ended. */
  readonly exited: Promise<number>;
};

export type PahoSubscriber = PahoClient & {
  /** Makes it unsubscribe, send DISCONNECT and end; throws a NotSeen when it ends otherwise or not in time. */
  finish(boundMs: number): Promise<void>;
};

export type PahoLimits = { readonly boundMs: number; readonly signal?: AbortSignal | undefined };

const STEP_BOUND_MS = 15_000;

export async function startPahoSubscriber(
  host: Host,
  options: PahoOptions,
  limits: PahoLimits,
): Promise<PahoSubscriber> {
  const program = { step: 'subscribe with paho-mqtt', program: 'paho_subscriber.py' };
  const client = await startPaho(host, program, options, limits);
  const { events } = client;
  return {
    ...client,
    async finish(boundMs) {
      const pid = events.items.flatMap((event) => (event.kind === 'process' ? [event.pid] : []))[0];
      if (pid === undefined) throw new Error(`paho-mqtt on ${host.name} has not started`);
      await run(host, { step: 'end paho-mqtt', script: `kill -s TERM ${pid}`, timeoutMs: STEP_BOUND_MS });
      await events.first(({ kind }) => kind === 'disconnected', 'DISCONNECT', boundMs);
    },
  };
}

/** Precedes each program. */
const COMMON = 'paho_client.py';

/** Starts a paho-mqtt program on a host. */
export async function startPaho(
  host: Host,
  { step, program }: { readonly step: string; readonly program: string },
  options: object,
  limits: PahoLimits,
): Promise<PahoClient> {
  const files = [COMMON, program].map((file) => new URL(file, import.meta.url));
  const source = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
  const subject = `paho-mqtt on ${host.name}`;
  const events = openFeed<PahoEvent>(subject);
  const packets = openFeed<Packet>(subject);
  const pid = deferred<number>();
  let lastComplaint: string | undefined;
  const running = host.start({
    step,
    script: pythonScript(source, options),
    timeoutMs: limits.boundMs,
    signal: limits.signal,
    onLine(line, stream) {
      if (stream === 'stderr' || line.startsWith('REFUSED')) lastComplaint = line;
      const event = parsePahoLine(line);
      if (event === undefined) return;
      events.push(event);
      if (event.kind === 'process') pid.resolve(event.pid);
      const packet = event.kind === 'log' ? parsePahoLog(event.text, now()) : undefined;
      if (packet !== undefined) packets.push(packet);
    },
  });
  whenOver(
    running.result,
    () => lastComplaint,
    (reason, cause) => {
      events.end(reason, cause);
      packets.end(reason, cause);
      pid.reject(new Error(`${subject}: ${reason}`, { cause }));
    },
  );
  const exited = running.result.then(({ code }) => code);
  ignoreFailure(exited);
  return { events, packets, pid: pid.promise, exited, [Symbol.asyncDispose]: () => endRunning(running) };
}

export function parsePahoLine(line: string): PahoEvent | undefined {
  const [word, first = '', second = ''] = line.split(' ');
  switch (word) {
    case 'PAHO':
      return { kind: 'version', version: first };
    case 'CLIENT':
      return { kind: 'process', pid: Number(first) };
    case 'SUBSCRIBED':
      return { kind: 'subscribed', qos: Number(first) };
    case 'MESSAGE':
      return { kind: 'message', qos: Number(first), payload: Buffer.from(second, 'hex') };
    case 'LOG':
      return { kind: 'log', text: line.slice('LOG '.length) };
    case 'DISCONNECTED':
      return { kind: 'disconnected' };
    default:
      return undefined;
  }
}
