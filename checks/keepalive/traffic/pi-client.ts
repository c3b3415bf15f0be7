import type { LivePi } from '../../../deployment/live-lab.ts';
import { startPublisher, startSubscriber } from '../../../probes/clients/mosquitto-client.ts';
import { startPahoPublisher } from '../../../probes/clients/paho-publisher.ts';
import { type PahoClient, startPaho } from '../../../probes/clients/paho-subscriber.ts';
import type { Feed } from '../../../probes/mqtt/feed.ts';
import { now, type Packet } from '../../../probes/mqtt/packet.ts';
import type { ConnectionCounters } from '../../../probes/network/connection-counters.ts';
import { findFlow } from '../../../probes/network/silent-cut.ts';
import { type Host, run, tryRun } from '../../../provisioning/hosts/host.ts';
import { since } from '../../fixtures/will-observer.ts';
import { nonce } from '../../harness/messages.ts';
import { loginOf, type TestLab } from '../../harness/test-lab.ts';
import { bytesOf, type UnloggedFields } from './bytes.ts';
import type { ClientOptions, ClientProgram, RunningClient } from './running-client.ts';
import { isWhole } from './traffic-verdict.ts';

const STEP_MS = 20_000;
/** So often a busy client's counters are looked at again when something is under way. */
const LOOKS = 8;

/** A mosquitto client or paho-mqtt on a Pi, by the kernel's counters there. */
export async function openPiClient(
  testLab: TestLab,
  pi: LivePi,
  host: Host,
  counters: ConnectionCounters,
  name: Exclude<ClientProgram, 'mqttjs'>,
  options: ClientOptions,
): Promise<RunningClient> {
  const fields: UnloggedFields = {
    ...loginOf(options.user),
    clientId: `lab-${nonce()}`,
    keepAlive: options.keepAlive,
    topic: options.topic,
  };
  const limits = { boundMs: options.boundMs, signal: testLab.stopped };
  const start =
    name === 'paho'
      ? await startedPaho(host, pi, fields, options, limits)
      : startedMosquitto(host, pi, fields, options, limits);
  const { program, client } = start;
  try {
    await client.packets.first(({ type }) => type === 'CONNACK', 'CONNACK', STEP_MS);
    const flow = await findFlow(host, await client.pid, pi.broker.port);
    const packets = () => client.packets.items.map((packet) => ({ ...packet, bytes: bytesOf(packet, fields) }));
    const isTold = () =>
      !counters.events.items.some(({ kind }) => kind === 'unavailable') && counters.of(flow.clientPort).length > 0;
    return {
      get packets() {
        return packets();
      },
      first: client.packets.first,
      publish: start.publish,
      ended: client.exited,
      software: start.software,
      get source() {
        return isTold() ? `the kernel of ${pi.name}` : `the log of ${program} on ${pi.name}`;
      },
      async counted() {
        for (let look = 0; look < LOOKS; look += 1) {
          await counters.caughtUp(STEP_MS).catch(() => undefined);
          if (isWhole(packets(), counters.of(flow.clientPort))) break;
        }
        return isTold() ? counters.of(flow.clientPort) : undefined;
      },
      async toldMs() {
        const askedAt = now();
        await run(host, { step: 'see how long an answer takes', script: ':', timeoutMs: STEP_MS });
        return since(askedAt);
      },
      [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
    };
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}

type Limits = { readonly boundMs: number; readonly signal: AbortSignal };

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

function startedMosquitto(
  host: Host,
  pi: LivePi,
  fields: UnloggedFields,
  { task }: ClientOptions,
  limits: Limits,
): Started {
  const { user, password, ...rest } = fields;
  const options = { ...pi.broker, ...rest, login: { user, password }, qos: task.qos };
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

async function startedPaho(
  host: Host,
  pi: LivePi,
  fields: UnloggedFields,
  { task }: ClientOptions,
  limits: Limits,
): Promise<Started> {
  const options = { ...pi.broker, ...fields, qos: task.qos };
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
  throw new Error('this client publishes nothing that it is told');
}
