import type { LivePi } from '../../../deployment/live-lab.ts';
import { bestListener } from '../../../lab-file/listeners.ts';
import { now, type Packet, type PacketType } from '../../../probes/mqtt/packet.ts';
import { type ConnectionCounters, watchConnections } from '../../../probes/network/connection-counters.ts';
import { type Finding, idWord, THIS_MACHINE } from '../../harness/check.ts';
import type { topicRoles } from '../../harness/roles.ts';
import { type Shared, shared } from '../../harness/shared.ts';
import { MQTT_JS_VERSION } from '../../harness/software.ts';
import type { watchStalls } from '../../harness/stall.ts';
import type { TestLab } from '../../harness/test-lab.ts';
import { MOSQUITTO_CLIENT, MQTT_JS, type PingingClient } from '../ping-period.ts';
import { openLocalClient } from './local-client.ts';
import { openPiClient } from './pi-client.ts';
import type { ClientOptions, ClientProgram, RunningClient } from './running-client.ts';
import type { Watched } from './traffic-verdict.ts';

/** Where a client runs: mqtt.js on this machine, the others on a Pi. */
export type MeasuredClient = {
  readonly client: ClientProgram;
  readonly label: string;
  readonly host: string;
  readonly idWord: string;
  readonly tolerance: PingingClient;
  use(options: ClientOptions, work: (client: RunningClient) => Promise<Finding>): Promise<Finding>;
};

/** A topic with a publisher and a subscriber. */
export type TopicRoles = NonNullable<ReturnType<typeof topicRoles>>;

export function localMeasuredClient(testLab: TestLab): MeasuredClient {
  return {
    client: 'mqttjs',
    label: `mqtt.js on ${THIS_MACHINE}`,
    host: THIS_MACHINE,
    idWord: 'this-machine',
    tolerance: MQTT_JS,
    async use(options, work) {
      await using client = await openLocalClient(testLab, MQTT_JS_VERSION, options);
      return await work(client);
    },
  };
}

export function piMeasuredClients(
  testLab: TestLab,
  pi: LivePi,
): { readonly mosquitto: MeasuredClient; readonly paho: MeasuredClient } {
  const counters = sharedCounters(testLab, pi, 'traffic');
  const measuredClient = (client: 'mosquitto' | 'paho', program: string): MeasuredClient => ({
    client,
    label: `${program} on ${pi.name}`,
    host: pi.name,
    idWord: idWord(pi.name),
    tolerance: MOSQUITTO_CLIENT,
    use: (options, work) =>
      counters(async (counting) => {
        // a lane each, since one SSH connection takes ten commands at a time
        const lane = options.task.kind === 'on request' ? 'traffic' : `traffic ${client}`;
        const host = await testLab.host(pi.name, pi.host, lane);
        const place = { pi, host, counters: counting, stopped: testLab.stopped };
        await using opened = await openPiClient(place, client, options);
        return await work(opened);
      }),
  });
  return { mosquitto: measuredClient('mosquitto', 'a mosquitto client'), paho: measuredClient('paho', 'paho-mqtt') };
}

/** Longer than any check that reads them. */
const COUNTERS_BOUND_MS = 300_000;

/** The kernel's counters of all connections of a Pi to the broker. */
function sharedCounters(testLab: TestLab, pi: LivePi, lane: string): Shared<ConnectionCounters> {
  return shared(async () => {
    const host = await testLab.host(pi.name, pi.host, lane);
    // only connections without TLS are counted
    const used = testLab.lab.users.flatMap((user) => bestListener(pi.broker.listeners, user) ?? []);
    const plain = used.find(({ tls }) => tls === undefined);
    return await watchConnections(host, plain?.port ?? pi.broker.port, {
      boundMs: COUNTERS_BOUND_MS,
      signal: testLab.stopped,
    });
  });
}

/** Why a client cannot have this keep alive; undefined where it can. */
export function whyKeepAliveTooLong(testLab: TestLab, keepAlive: number): string | undefined {
  const { maxKeepAlive } = testLab.lab.broker;
  return keepAlive <= maxKeepAlive ? undefined : `the lab file allows a keep alive of ${maxKeepAlive} s at most`;
}

/** Does the work. After an interrupt it throws the abort's reason instead, since the work's outcome then says nothing about MQTT. */
export async function unlessStopped<T>(stopped: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    stopped.throwIfAborted();
  }
}

/** The packets and counters of a client at the end of its check. */
export async function finalReading(
  client: RunningClient,
  { keepAlive, startedAt }: Pick<Watched, 'keepAlive' | 'startedAt'>,
  stalls: ReturnType<typeof watchStalls>,
): Promise<Watched> {
  const counted = await client.counted();
  const { packets } = client;
  const endedAt = now();
  const delayMs = await client.reportDelayMs();
  // mqtt.js counts its keep alive from an answer, which a busy broker sends late
  const uncertainMs = delayMs + stalls.stop() + slowestAnswer(packets);
  return { keepAlive, packets, counted, startedAt, endedAt, uncertainMs };
}

/** The longest time from a packet of the client to the broker's answer, in milliseconds; 0 without answers. */
export function slowestAnswer(packets: readonly Packet[]): number {
  const ways = packets.map(({ type, at }, index) => {
    const answer = packets.slice(index).find((later) => later.type === ANSWERS.get(type));
    return answer === undefined ? 0 : Math.round(answer.at - at);
  });
  return Math.max(0, ...ways);
}

const ANSWERS: ReadonlyMap<PacketType, PacketType> = new Map([
  ['CONNECT', 'CONNACK'],
  ['PUBLISH', 'PUBACK'],
  ['PINGREQ', 'PINGRESP'],
]);
