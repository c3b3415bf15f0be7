import { deferred } from '../../base/deferred.ts';
import { ignoreFailure } from '../../base/errors.ts';
import { quote } from '../../base/quote.ts';
import { MOST_SLOWNESS } from '../../base/slowness.ts';
import { endRunning } from '../../provisioning/hosts/end-running.ts';
import { type Host, run } from '../../provisioning/hosts/host.ts';
import { whenOver } from '../host-command.ts';
import { type Feed, openFeed } from '../mqtt/feed.ts';
import { now, type Packet } from '../mqtt/packet.ts';
import { type Message, parseDebugLine, parseMessage } from './debug-output.ts';
import { type MosquittoOptions, publisherScript, publishScript, subscriberScript } from './mosquitto-script.ts';

/** A message and the PUBLISH that brought it. */
export type Arrival = Message & { readonly publish: Packet | undefined };

/** A mosquitto client that runs on a host. Disposing of it ends it. */
export type MosquittoClient = AsyncDisposable & {
  /** Process id on the host. */
  readonly pid: Promise<number>;
  readonly packets: Feed<Packet>;
  readonly messages: Feed<Arrival>;
  /** Every line that it printed, in order. */
  readonly lines: readonly string[];
  /** Its exit code, once it has ended. */
  readonly exited: Promise<number>;
  /** Sends a signal to this client and nothing else. */
  kill(signal: 'KILL'): Promise<void>;
};

export type MosquittoPublisher = MosquittoClient & {
  /** Makes it publish a line of text. */
  publish(line: string): Promise<void>;
  /** Ends its input, so that it sends DISCONNECT and ends. */
  finish(): Promise<void>;
};

type Limits = { readonly boundMs: number; readonly signal?: AbortSignal | undefined };

const STEP_BOUND_MS = 15_000;

/** Starts mosquitto_sub; it is subscribed once a SUBACK is in its `packets`. */
export function startSubscriber(host: Host, options: MosquittoOptions, limits: Limits): MosquittoClient {
  return startClient(host, 'mosquitto_sub', subscriberScript(options), limits).client;
}

/**
 * Starts mosquitto_pub so that it stays connected; it is connected once a CONNACK is in its `packets`.
 * @param everySecond a text that it publishes once a second, each time with a number
 */
export function startPublisher(
  host: Host,
  options: MosquittoOptions,
  limits: Limits,
  everySecond?: string,
): MosquittoPublisher {
  // on a slow host the bound stretches while the publisher runs
  const holdSeconds = Math.ceil((limits.boundMs * MOST_SLOWNESS) / 1000);
  const script = publisherScript(options, holdSeconds, everySecond);
  const { client, announced } = startClient(host, 'mosquitto_pub', script, limits);
  const step = async (name: string, command: string) => {
    await run(host, { step: name, script: command, timeoutMs: STEP_BOUND_MS });
  };
  return {
    ...client,
    async publish(text) {
      const pipe = await announced.LINES.promise;
      await step('write a line to mosquitto_pub', `printf '%s\\n' ${quote(text)} >${quote(pipe)}`);
    },
    async finish() {
      await step('end the input of mosquitto_pub', `kill ${await announced.HOLDER.promise}`);
    },
  };
}

/** Publishes one payload with mosquitto_pub and returns the control packets of that. */
export async function publishOnce(
  host: Host,
  options: MosquittoOptions,
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

function startClient(host: Host, program: string, script: string, { boundMs, signal }: Limits) {
  const packets = openFeed<Packet>(`${program} on ${host.name}`);
  const messages = openFeed<Arrival>(`${program} on ${host.name}`);
  const lines: string[] = [];
  const announced = { CLIENT: deferred<string>(), HOLDER: deferred<string>(), LINES: deferred<string>() };
  const onLine = (line: string) => {
    const [, name, value = ''] = /^(CLIENT|HOLDER|LINES) (.*)$/.exec(line) ?? [];
    if (name === 'CLIENT' || name === 'HOLDER' || name === 'LINES') return announced[name].resolve(value);
    const message = parseMessage(line);
    if (message !== undefined) return messages.push({ ...message, publish: publishOf(message, packets.items) });
    lines.push(line);
    const packet = parseDebugLine(line, now());
    if (packet !== undefined) packets.push(packet);
  };
  const running = host.start({ step: program, script, timeoutMs: boundMs, signal, onLine });
  const lastComplaint = () => lines.filter((line) => !line.startsWith('Client ')).at(-1);
  whenOver(running.result, lastComplaint, (reason, cause) => {
    packets.end(reason, cause);
    messages.end(reason, cause);
    const over = new Error(`${program} on ${host.name}: ${reason}`, { cause });
    for (const value of Object.values(announced)) value.reject(over);
  });
  const pid = announced.CLIENT.promise.then(Number);
  const exited = running.result.then(({ code }) => code);
  // a failure is the feeds' to report
  ignoreFailure(Promise.all([pid, exited]));
  const client: MosquittoClient = {
    pid,
    packets,
    messages,
    lines,
    exited,
    async kill(name) {
      const kill = `kill -s ${name} ${await pid}`;
      await run(host, { step: `end ${program} by ${name}`, script: kill, timeoutMs: STEP_BOUND_MS });
    },
    [Symbol.asyncDispose]: () => endRunning(running),
  };
  return { client, announced };
}

/** QoS 0 has no packet id, but its message is printed right after its PUBLISH. */
function publishOf({ qos, packetId }: Message, packets: readonly Packet[]): Packet | undefined {
  const isArrival = (packet: Packet) =>
    packet.type === 'PUBLISH' && packet.direction === 'received' && packet.qos === qos;
  return packets.findLast((packet) => isArrival(packet) && (qos === 0 || packet.packetId === packetId));
}
