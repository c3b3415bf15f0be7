import { now } from '../../../probes/mqtt/packet.ts';
import type { Exchange, Traffic } from '../../../records/measured/traffic.ts';
import { type Check, notApplicable } from '../../harness/check.ts';
import { evidence, ownPackets } from '../../harness/evidence.ts';
import { isMessage, nonce } from '../../harness/messages.ts';
import { whyUnsupported } from '../../harness/requirements.ts';
import { watchStalls } from '../../harness/stall.ts';
import type { TestLab } from '../../harness/test-lab.ts';
import { pingWindow } from '../ping-period.ts';
import {
  finalReading,
  type MeasuredClient,
  type TopicRoles,
  unlessStopped,
  whyKeepAliveTooLong,
} from './measured-client.ts';
import type { RunningClient } from './running-client.ts';
import { judgeIdle, PING_BYTES, PING_SEGMENTS } from './traffic-verdict.ts';

const AROUND_MS = 60_000;
const STEP_MS = 30_000;
const ANSWER_MS = 5_000;

type IdleOptions = {
  readonly testLab: TestLab;
  readonly roles: TopicRoles;
  readonly measuredClient: MeasuredClient;
  readonly keepAlive: number;
  /** How many pings the client must send. */
  readonly pings: number;
};

/** The client publishes one message at the beginning, and then only pings. */
export function exchange({ testLab, roles, measuredClient, keepAlive, pings }: IdleOptions): Check {
  const times = pings === 1 ? 'once' : `${pings} times`;
  const named = {
    id: `keepalive.traffic.${keepAlive}s.${measuredClient.client}.idle.${measuredClient.idWord}`,
    subject: { kind: 'traffic', keepAlive, client: measuredClient.client, activity: 'idle' },
    host: measuredClient.host,
    claim: `after a message, a client with a keep alive of ${keepAlive} s pings ${times}, and its connection carries no other control packet (${measuredClient.label})`,
  } as const;
  const why = whyKeepAliveTooLong(testLab, keepAlive);
  if (why !== undefined) return notApplicable(named, why);
  const qos = whyUnsupported(testLab, { qos: 1 }) === undefined ? 1 : 0;
  const boundMs = pings * keepAlive * 1000 + AROUND_MS;
  return {
    ...named,
    statement: 'MQTT-3.1.2-23',
    expected: {
      keepAlive,
      pings,
      ...pingWindow(keepAlive, measuredClient.tolerance),
      answered: true,
      perPing: { mqttBytes: PING_BYTES, segments: PING_SEGMENTS },
    },
    version: 4,
    waits: true,
    boundMs,
    run: () =>
      unlessStopped(testLab.stopped, async () => {
        const startedAt = now();
        const stalls = watchStalls();
        await using subscriber = await testLab.login(roles.subscriber, { keepAlive });
        await subscriber.subscribe(roles.topic, qos);
        const options = {
          user: roles.publisher,
          topic: roles.topic,
          keepAlive,
          task: { kind: 'on request', qos },
          boundMs,
        } as const;
        return await measuredClient.use(options, async (client) => {
          const payload = Buffer.from(`healthy ${nonce()}`);
          await client.publish(payload.toString());
          const arrival = await subscriber.packet(isMessage(payload), 'message', STEP_MS);
          const seenBySubscriber = evidence('subscriber', ownPackets(subscriber.packets, [payload]));
          await subscriber.close();
          await pongs(client, pings, pings * pingWindow(keepAlive, measuredClient.tolerance).mostMs + ANSWER_MS);
          const watched = await finalReading(client, { keepAlive, startedAt }, stalls);
          const { measured, ...judged } = judgeIdle(watched, measuredClient.tolerance, pings);
          const exchanged: Exchange = {
            topic: roles.topic,
            publisher: roles.publisher.name,
            subscriber: roles.subscriber.name,
            qos,
            payload: payload.toString(),
            arrivedAtMs: Math.round(arrival.at - (watched.packets[0]?.at ?? startedAt)),
          };
          const observed: Traffic = {
            keepAlive,
            client: await client.software(),
            activity: 'idle',
            ...measured,
            exchange: exchanged,
            source: client.source,
          };
          return {
            ...judged,
            observed,
            evidence: [...evidence(measuredClient.label, watched.packets), ...seenBySubscriber],
          };
        });
      }),
  };
}

/** Waits for `wanted` answered pings. Where some are missing, the verdict follows from the packets that came. */
async function pongs(client: RunningClient, wanted: number, boundMs: number): Promise<void> {
  const answered = () => client.packets.filter(({ type }) => type === 'PINGRESP').length;
  await client.first(() => answered() >= wanted, `${wanted} PINGRESP`, boundMs).catch(() => undefined);
}
