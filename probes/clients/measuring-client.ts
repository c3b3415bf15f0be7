import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { endRunning } from '../../provisioning/hosts/end-running.ts';
import type { Host } from '../../provisioning/hosts/host.ts';
import { ipAmountSchema } from '../../records/measured/ip-amount.ts';
import { type Feed, openFeed } from '../mqtt/feed.ts';
import { freshClientId } from '../mqtt/session.ts';

export type MeasuringOptions = {
  readonly address: string;
  readonly port: number;
  readonly topic: string;
  /** First word of every message that tells it something. */
  readonly nonce: string;
  /** Seconds. */
  readonly keepAlive: number;
  readonly subscriber: Login;
  readonly publisher: Login;
};

type Login = { readonly user: string; readonly password: string };

const packet = z.object({
  direction: z.enum(['sent', 'received']),
  type: z.enum(['PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP']),
  bytes: z.number(),
  /** Of the host's monotonic clock. */
  atNs: z.number(),
  qos: z.number().exactOptional(),
  dup: z.boolean().exactOptional(),
  retain: z.boolean().exactOptional(),
  packetId: z.number().exactOptional(),
  isOwn: z.boolean().exactOptional(),
});

const event = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('clock'), bootId: z.string() }),
  z.object({ kind: z.literal('subscribed'), qos: z.number() }),
  z.object({ kind: z.literal('begun') }),
  z.object({
    kind: z.literal('hop'),
    role: z.enum(['publisher', 'subscriber']),
    types: z.record(z.string(), z.object({ packets: z.number(), bytes: z.number() })),
    /** Messages of others that came meanwhile: what was weighed holds them too. */
    foreign: z.number(),
    ip: ipAmountSchema.optional(),
  }),
  z.object({ kind: z.literal('arrivals'), at: z.array(z.tuple([z.number(), z.number()])) }),
  z.object({ kind: z.literal('packets'), packets: z.array(packet) }),
]);

export type MeasuringEvent = z.infer<typeof event>;
export type TracedPacket = z.infer<typeof packet>;

/** Two connections of a host that measure what arrives and what is sent there; told by messages on the topic. Disposing of it ends it. */
export type MeasuringClient = AsyncDisposable & { readonly events: Feed<MeasuringEvent> };

const PROGRAM = ['measuring_connection.py', 'measuring_client.py'].map((name) => new URL(name, import.meta.url));

type Limits = { readonly boundMs: number; readonly signal?: AbortSignal | undefined };

/** Starts it; it is ready once `subscribed` is among its events. What it can be told is in measuring_client.py. */
export async function startMeasuringClient(
  host: Host,
  options: MeasuringOptions,
  limits: Limits,
): Promise<MeasuringClient> {
  const program = (await Promise.all(PROGRAM.map((file) => readFile(file, 'utf8')))).join('\n');
  const events = openFeed<MeasuringEvent>(`the measuring client on ${host.name}`);
  let lastError = '';
  const running = host.start({
    step: 'measure by an MQTT client in Python',
    script: script(program, options),
    timeoutMs: limits.boundMs,
    signal: limits.signal,
    onLine(line, stream) {
      if (stream === 'stderr') lastError = line;
      const told = parseMeasuringLine(line);
      if (told !== undefined) events.push(told);
    },
  });
  running.result.then(
    ({ code }) => events.end(`it ended with exit code ${code}${lastError === '' ? '' : ` (${lastError})`}`),
    (error: unknown) => events.end(error instanceof Error ? error.message : String(error)),
  );
  return { events, [Symbol.asyncDispose]: () => endRunning(running) };
}

/** What a line tells; undefined for one that is none of the client's. */
export function parseMeasuringLine(line: string): MeasuringEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return event.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** The program and the wish come through pipes: no file holds a password, and no argument. */
function script(program: string, { subscriber, publisher, ...options }: MeasuringOptions): string {
  const end = `END-${randomBytes(8).toString('hex')}`;
  const logins = {
    subscriber: { ...subscriber, clientId: freshClientId() },
    publisher: { ...publisher, clientId: freshClientId() },
  };
  const told = JSON.stringify({ ...options, ...logins });
  return `python3 -u /dev/fd/4 3<<'${end}' 4<<'${end}'\n${told}\n${end}\n${program}\n${end}\n`;
}
