import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Host, run } from '../provisioning/hosts/host.ts';
import { endRunning } from './end-running.ts';
import { type Feed, openFeed } from './feed.ts';
import type { QoS } from './session.ts';

export type PahoWish = {
  readonly address: string;
  readonly port: number;
  readonly topic: string;
  readonly qos: QoS;
  readonly clientId: string;
  readonly user: string;
  readonly password: string;
  /** Seconds. @default 60 */
  readonly keepAlive?: number;
  readonly will?: { readonly topic: string; readonly payload: string; readonly qos: QoS };
};

export type PahoEvent =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'process'; readonly pid: number }
  | { readonly kind: 'subscribed'; readonly qos: number }
  | { readonly kind: 'message'; readonly qos: number; readonly payload: Buffer }
  /** What paho-mqtt says that it does, such as `Sending DISCONNECT`. */
  | { readonly kind: 'log'; readonly text: string }
  /** It has sent DISCONNECT, all of it, and closed the connection. */
  | { readonly kind: 'disconnected' };

/** A subscriber in Python on a host, with the paho-mqtt that is installed there. Disposing of it ends it. */
export type PahoSubscriber = AsyncDisposable & {
  readonly events: Feed<PahoEvent>;
  /** Has it unsubscribe, send DISCONNECT and end; throws a NotSeen when it ends otherwise or not in time. */
  finish(boundMs: number): Promise<void>;
};

type Limits = { readonly boundMs: number; readonly signal?: AbortSignal | undefined };

const KILL_BOUND_MS = 15_000;

export async function startPahoSubscriber(host: Host, wish: PahoWish, limits: Limits): Promise<PahoSubscriber> {
  const program = await readFile(new URL('paho_subscriber.py', import.meta.url), 'utf8');
  const events = openFeed<PahoEvent>(`paho-mqtt on ${host.name}`);
  let lastError = '';
  const running = host.start({
    step: 'subscribe with paho-mqtt',
    script: pahoScript(program, wish),
    timeoutMs: limits.boundMs,
    signal: limits.signal,
    onLine(line, stream) {
      if (stream === 'stderr' || line.startsWith('REFUSED')) lastError = line;
      const event = parsePahoLine(line);
      if (event !== undefined) events.push(event);
    },
  });
  running.result.then(
    ({ code }) => events.end(`it ended with exit code ${code}${lastError === '' ? '' : ` (${lastError})`}`),
    (error: unknown) => events.end(error instanceof Error ? error.message : String(error)),
  );
  return {
    events,
    async finish(boundMs) {
      const pid = events.items.flatMap((event) => (event.kind === 'process' ? [event.pid] : []))[0];
      if (pid === undefined) throw new Error(`paho-mqtt on ${host.name} has not begun`);
      await run(host, { step: 'have paho-mqtt end', script: `kill -s TERM ${pid}`, timeoutMs: KILL_BOUND_MS });
      await events.first(({ kind }) => kind === 'disconnected', 'DISCONNECT', boundMs);
    },
    [Symbol.asyncDispose]: () => endRunning(running),
  };
}

/** The program and the wish come through pipes: no file holds the password, and no argument. */
function pahoScript(program: string, wish: PahoWish): string {
  const end = `END-${randomBytes(8).toString('hex')}`;
  return `python3 -u /dev/fd/4 3<<'${end}' 4<<'${end}'\n${JSON.stringify(wish)}\n${end}\n${program}\n${end}\n`;
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
