import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Host } from '../provisioning/hosts/host.ts';
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
};

export type PahoEvent =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'subscribed'; readonly qos: number }
  | { readonly kind: 'message'; readonly qos: number; readonly payload: Buffer };

/** A subscriber in Python on a host, with the paho-mqtt that is installed there. Disposing of it ends it. */
export type PahoSubscriber = AsyncDisposable & { readonly events: Feed<PahoEvent> };

type Limits = { readonly boundMs: number; readonly signal?: AbortSignal | undefined };

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
  return { events, [Symbol.asyncDispose]: () => endRunning(running) };
}

/** The program and the wish come through pipes: no file holds the password, and no argument. */
function pahoScript(program: string, wish: PahoWish): string {
  const end = `END-${randomBytes(8).toString('hex')}`;
  return `python3 -u /dev/fd/4 3<<'${end}' 4<<'${end}'\n${JSON.stringify(wish)}\n${end}\n${program}\n${end}\n`;
}

export function parsePahoLine(line: string): PahoEvent | undefined {
  const [word, first = '', second = ''] = line.split(' ');
  if (word === 'PAHO') return { kind: 'version', version: first };
  if (word === 'SUBSCRIBED') return { kind: 'subscribed', qos: Number(first) };
  if (word === 'MESSAGE') return { kind: 'message', qos: Number(first), payload: Buffer.from(second, 'hex') };
  return undefined;
}
