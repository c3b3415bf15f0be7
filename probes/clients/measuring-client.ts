import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { endRunning } from '../../provisioning/hosts/end-running.ts';
import type { Host } from '../../provisioning/hosts/host.ts';
import { ipAmountSchema } from '../../records/measured/ip-amount.ts';
import { pythonScript, whenOver } from '../host-command.ts';
import { type Feed, openFeed } from '../mqtt/feed.ts';
import type { HostEndpoint } from '../mqtt/host-endpoint.ts';
import { freshClientId } from '../mqtt/session.ts';

export type MeasuringOptions = {
  readonly topic: string;
  /** First word of every command, which is a message on the topic. */
  readonly nonce: string;
  /** Seconds. */
  readonly keepAlive: number;
  readonly subscriber: Login;
  readonly publisher: Login;
};

/** A user, and the listener where the user logs in. */
type Login = HostEndpoint & { readonly user: string; readonly password?: string };

const packetSchema = z.object({
  direction: z.enum(['sent', 'received']),
  type: z.enum(['PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP']),
  bytes: z.number(),
  /** Nanoseconds of the host's monotonic clock. */
  atNs: z.number(),
  qos: z.number().exactOptional(),
  dup: z.boolean().exactOptional(),
  retain: z.boolean().exactOptional(),
  packetId: z.number().exactOptional(),
  isOwn: z.boolean().exactOptional(),
});

const eventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('clock'), bootId: z.string() }),
  z.object({ kind: z.literal('subscribed'), qos: z.number() }),
  z.object({ kind: z.literal('begun') }),
  z.object({
    kind: z.literal('hop'),
    role: z.enum(['publisher', 'subscriber']),
    types: z.record(z.string(), z.object({ packets: z.number(), bytes: z.number() })),
    /** Messages of other clients, which the kernel's bytes include. */
    foreign: z.number(),
    ip: ipAmountSchema.optional(),
  }),
  z.object({ kind: z.literal('arrivals'), at: z.array(z.tuple([z.number(), z.number()])) }),
  z.object({ kind: z.literal('packets'), packets: z.array(packetSchema) }),
]);

export type MeasuringEvent = z.infer<typeof eventSchema>;
export type TracedPacket = z.infer<typeof packetSchema>;

/** Two connections of a host that measure their packets; messages on the topic command them. Disposing of it ends it. */
export type MeasuringClient = AsyncDisposable & { readonly events: Feed<MeasuringEvent> };

const PROGRAM = ['measuring_connection.py', 'measuring_client.py'];
/** Only where the listener has TLS, since Python loads it slowly. */
const TLS_PROGRAM = 'measuring_tls.py';

type Limits = { readonly boundMs: number; readonly signal?: AbortSignal | undefined };

/** The client is ready once its events contain `subscribed`. measuring_client.py defines its commands. */
export async function startMeasuringClient(
  host: Host,
  options: MeasuringOptions,
  limits: Limits,
): Promise<MeasuringClient> {
  const hasTls = [options.subscriber, options.publisher].some(({ tls }) => tls !== undefined);
  const names = hasTls ? [TLS_PROGRAM, ...PROGRAM] : PROGRAM;
  const files = names.map((name) => readFile(new URL(name, import.meta.url), 'utf8'));
  const program = (await Promise.all(files)).join('\n');
  const events = openFeed<MeasuringEvent>(`the measuring client on ${host.name}`);
  let lastError: string | undefined;
  const running = host.start({
    step: 'measure with an MQTT client in Python',
    script: script(program, options),
    timeoutMs: limits.boundMs,
    signal: limits.signal,
    onLine(line, stream) {
      if (stream === 'stderr') lastError = line;
      const event = parseMeasuringLine(line);
      if (event !== undefined) events.push(event);
    },
  });
  whenOver(running.result, () => lastError, events.end);
  return { events, [Symbol.asyncDispose]: () => endRunning(running) };
}

/** The event in a line; undefined for a line of another kind. */
export function parseMeasuringLine(line: string): MeasuringEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return eventSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function script(program: string, { subscriber, publisher, ...options }: MeasuringOptions): string {
  const logins = {
    subscriber: { ...subscriber, clientId: freshClientId() },
    publisher: { ...publisher, clientId: freshClientId() },
  };
  return pythonScript(program, { ...options, ...logins });
}
