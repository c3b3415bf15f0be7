import { deferred } from '../../base/deferred.ts';
import { quote } from '../../base/quote.ts';
import { endRunning } from '../../provisioning/hosts/end-running.ts';
import { type Host, run } from '../../provisioning/hosts/host.ts';
import { type Feed, openFeed } from '../mqtt/feed.ts';
import { now, type Packet } from '../mqtt/packet.ts';
import { type Message, parseDebugLine, parseMessage } from './debug-output.ts';
import { type ClientOptions, publisherScript, publishScript, subscriberScript } from './mosquitto-script.ts';

/** A message with the PUBLISH that brought it. */
export type Arrival = Message & { readonly publish: Packet | undefined };

/** A mosquitto client that runs on a host. Disposing of it ends it. */
export type MosquittoClient = AsyncDisposable & {
  /** Process id on the host. */
  readonly pid: Promise<number>;
  readonly packets: Feed<Packet>;
  readonly messages: Feed<Arrival>;
  /** Every line it printed, in order. */
  readonly lines: readonly string[];
  /** Its exit code, once it has ended. */
  readonly exited: Promise<number>;
  /** Sends a signal to this client and nothing else. */
  kill(signal: 'KILL'): Promise<void>;
};

export type MosquittoPublisher = MosquittoClient & {
  /** Has it publish a line of text. */
  publish(line: string): Promise<void>;
  /** Ends its input, upon which it sends DISCONNECT and ends. */
  finish(): Promise<void>;
};

type Limits = { readonly boundMs: number; readonly signal?: AbortSignal | undefined };

const KILL_BOUND_MS = 15_000;

/** Starts mosquitto_sub; it is subscribed once a SUBACK is in its `packets`. */
export function startSubscriber(host: Host, options: ClientOptions, limits: Limits): MosquittoClient {
  return startClient(host, 'mosquitto_sub', subscriberScript(options), limits).client;
}

/**
 * Starts mosquitto_pub so that it stays connected; it is connected once a CONNACK is in its `packets`. With `everySecond`, a text, it publishes that
 * and a number once a second.
 */
export function startPublisher(
  host: Host,
  options: ClientOptions,
  limits: Limits,
  everySecond?: string,
): MosquittoPublisher {
  const script = publisherScript(options, Math.ceil(limits.boundMs / 1000), everySecond);
  const { client, told } = startClient(host, 'mosquitto_pub', script, limits);
  return {
    ...client,
    async publish(text) {
      const pipe = await told('LINES');
      const script = `printf '%s\\n' ${quote(text)} >${quote(pipe)}`;
      await run(host, { step: 'hand a line to mosquitto_pub', script, timeoutMs: KILL_BOUND_MS });
    },
    async finish() {
      await run(host, {
        step: 'end the input of mosquitto_pub',
        script: `kill ${await told('HOLDER')}`,
        timeoutMs: KILL_BOUND_MS,
      });
    },
  };
}

/** Publishes one payload with mosquitto_pub and gives the control packets it saw. */
export async function publishOnce(
  host: Host,
  options: ClientOptions,
  payload: Buffer,
  limits: Limits,
): Promise<Packet[]> {
  const packets: Packet[] = [];
  await run(host, {
    step: 'mosquitto_pub',
    script: publishScript(options, payload),
    timeoutMs: limits.boundMs,
    signal: limits.signal,
    onLine: (line) => {
      const packet = parseDebugLine(line, now());
      if (packet !== undefined) packets.push(packet);
    },
  });
  return packets;
}

type Told = 'CLIENT' | 'HOLDER' | 'LINES';

function startClient(host: Host, program: string, script: string, { boundMs, signal }: Limits) {
  const packets = openFeed<Packet>(`${program} on ${host.name}`);
  const messages = openFeed<Arrival>(`${program} on ${host.name}`);
  const lines: string[] = [];
  const told = { CLIENT: deferred<string>(), HOLDER: deferred<string>(), LINES: deferred<string>() };
  const onLine = (line: string) => {
    const fact = /^(CLIENT|HOLDER|LINES) (.*)$/.exec(line);
    if (fact?.[1] === 'CLIENT' || fact?.[1] === 'HOLDER' || fact?.[1] === 'LINES') {
      return told[fact[1]].resolve(fact[2] ?? '');
    }
    const message = parseMessage(line);
    if (message !== undefined) return messages.push({ ...message, publish: broughtBy(message, packets.items) });
    lines.push(line);
    const packet = parseDebugLine(line, now());
    if (packet !== undefined) packets.push(packet);
  };
  const running = host.start({ step: program, script, timeoutMs: boundMs, signal, onLine });
  const exited = running.result.then(({ code }) => code);
  exited.then(
    (code) => endFeeds(`it ended with exit code ${code}`),
    (error: unknown) => endFeeds(error instanceof Error ? error.message : String(error)),
  );
  const endFeeds = (reason: string) => {
    const last = lines.filter((line) => !line.startsWith('Client ')).at(-1);
    const why = last === undefined ? reason : `${reason} (${last})`;
    packets.end(why);
    messages.end(why);
    for (const fact of Object.values(told)) fact.reject(new Error(`${program} on ${host.name}: ${why}`));
  };
  const pid = told.CLIENT.promise.then(Number);
  pid.catch(() => undefined);
  const client: MosquittoClient = {
    pid,
    packets,
    messages,
    lines,
    exited,
    async kill(name) {
      const script = `kill -s ${name} ${await pid}`;
      await run(host, { step: `end ${program} by ${name}`, script, timeoutMs: KILL_BOUND_MS });
    },
    [Symbol.asyncDispose]: () => endRunning(running),
  };
  return { client, told: (fact: Told) => told[fact].promise };
}

/** QoS 0 has no packet id, but its message is printed right after its PUBLISH. */
function broughtBy({ qos, packetId }: Message, packets: readonly Packet[]): Packet | undefined {
  const isArrival = (packet: Packet) =>
    packet.type === 'PUBLISH' && packet.direction === 'received' && packet.qos === qos;
  return packets.findLast((packet) => isArrival(packet) && (qos === 0 || packet.packetId === packetId));
}
