import { endpointOn } from '../../../deployment/endpoints.ts';
import type { LivePi } from '../../../deployment/live-lab.ts';
import { startPublisher, startSubscriber } from '../../../probes/clients/mosquitto-client.ts';
import { startPahoPublisher } from '../../../probes/clients/paho-publisher.ts';
import { type PahoClient, startPaho } from '../../../probes/clients/paho-subscriber.ts';
import type { Feed } from '../../../probes/mqtt/feed.ts';
import type { HostEndpoint } from '../../../probes/mqtt/host-endpoint.ts';
import { now, type Packet } from '../../../probes/mqtt/packet.ts';
import type { ConnectionCounters } from '../../../probes/network/connection-counters.ts';
import { findFlow } from '../../../probes/network/silent-cut.ts';
import { type Host, run, tryRun } from '../../../provisioning/hosts/host.ts';
import { since } from '../../fixtures/will-observer.ts';
import { nonce } from '../../harness/messages.ts';
import { loginOf } from '../../harness/test-lab.ts';
import { bytesOf, type UnloggedFields } from './bytes.ts';
import type { ClientOptions, ClientProgram, ClientTask, RunningClient } from './running-client.ts';
import { isWhole } from './traffic-verdict.ts';

const STEP_MS = 20_000;
/** How often a busy client's counters are read while packets are in transit. */
const READINGS = 8;

/** Where a client runs, and what counts its traffic there. */
export type ClientPlace = {
  readonly pi: LivePi;
  readonly host: Host;
  readonly counters: ConnectionCounters;
  readonly stopped: AbortSignal;
};

/** A mosquitto client or paho-mqtt on a Pi; the Pi's kernel counts the bytes where it can. */
export async function openPiClient(
  place: ClientPlace,
  name: Exclude<ClientProgram, 'mqttjs'>,
  options: ClientOptions,
): Promise<RunningClient> {
  const { pi, host, counters, stopped } = place;
  const at = endpointOn(pi, options.user);
  const fields: UnloggedFields = {
    ...loginOf(options.user),
    clientId: `lab-${nonce()}`,
    keepAlive: options.keepAlive,
    topic: options.topic,
  };
  const start = {
    ...place,
    at,
    fields,
    task: options.task,
    limits: { boundMs: options.boundMs, signal: stopped },
  };
  const started = name === 'paho' ? await startedPaho(start) : startedMosquitto(start);
  const { program, client } = started;
  try {
    await client.packets.first(({ type }) => type === 'CONNACK', 'CONNACK', STEP_MS);
    const flow = await findFlow(host, await client.pid, at.port);
    const packets = () => client.packets.items.map((packet) => ({ ...packet, bytes: bytesOf(packet, fields) }));
    // over TLS the kernel counts more than MQTT
    const isCounted = () =>
      at.tls === undefined &&
      !counters.events.items.some(({ kind }) => kind === 'unavailable') &&
      counters.of(flow.clientPort).length > 0;
    return {
      get packets() {
        return packets();
      },
      first: client.packets.first,
      publish: started.publish,
      ended: client.exited,
      software: started.software,
      get source() {
        return isCounted() ? `the kernel of ${pi.name}` : `the log of ${program} on ${pi.name}`;
      },
      async counted() {
        if (at.tls !== undefined) return undefined;
        for (let reading = 0; reading < READINGS; reading += 1) {
          await counters.caughtUp(STEP_MS).catch(() => undefined);
          if (isWhole(packets(), counters.of(flow.clientPort))) break;
        }
        return isCounted() ? counters.of(flow.clientPort) : undefined;
      },
      async reportDelayMs() {
        const askedAt = now();
        await run(host, { step: 'measure the round trip', script: ':', timeoutMs: STEP_MS });
        return since(askedAt);
      },
      [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
    };
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}

type Start = ClientPlace & {
  readonly at: HostEndpoint;
  readonly fields: UnloggedFields;
  readonly task: ClientTask;
  readonly limits: { readonly boundMs: number; readonly signal: AbortSignal };
};

type Started = {
  readonly program: string;
  readonly client: AsyncDisposable & {
    readonly packets: Feed<Packet>;
    readonly pid: Promise<number>;
    readonly exited: Promise<number>;
  };
  publish(text: string): Promise<void>;
  software(): Promise<string>;
};

function startedMosquitto({ host, at, fields, task, limits }: Start): Started {
  const { user, password, ...rest } = fields;
  const login = { user, ...(password === undefined ? {} : { password }) };
  const options = { ...at, ...rest, login, qos: task.qos };
  const program = task.kind === 'receives' ? 'mosquitto_sub' : 'mosquitto_pub';
  const software = () => mosquittoVersion(host, program);
  if (task.kind === 'receives')
    return { program, client: startSubscriber(host, options, limits), software, publish: refuse };
  const everySecond = task.kind === 'publishes' ? `traffic ${nonce()}` : undefined;
  const client = startPublisher(host, options, limits, everySecond);
  return { program, client, software, publish: (text) => client.publish(text) };
}

async function mosquittoVersion(host: Host, program: string): Promise<string> {
  const { stdout } = await tryRun(host, {
    step: `ask ${program} for its version`,
    script: `${program} --help`,
    timeoutMs: STEP_MS,
  });
  const version = /version (\S+)/.exec(stdout)?.[1];
  return version === undefined ? program : `${program} ${version}`;
}

async function startedPaho({ host, at, fields, task, limits }: Start): Promise<Started> {
  const options = { ...at, ...fields, qos: task.qos };
  const client: PahoClient =
    task.kind === 'receives'
      ? await startPaho(host, { step: 'subscribe with paho-mqtt', program: 'paho_subscriber.py' }, options, limits)
      : await startPahoPublisher(host, { ...options, text: `traffic ${nonce()}` }, limits);
  const software = async () => {
    const versions = client.events.items.flatMap((event) => (event.kind === 'version' ? [event.version] : []));
    return ['paho-mqtt', ...versions].join(' ');
  };
  return { program: 'paho-mqtt', client, software, publish: refuse };
}

async function refuse(): Promise<never> {
  throw new Error('this client publishes nothing on request');
}
