import { ignoreFailure } from '../../../base/errors.ts';
import { waitAtMost } from '../../../base/wait-at-most.ts';
import { now } from '../../../probes/mqtt/packet.ts';
import type { Traffic } from '../../../records/measured/traffic.ts';
import { type Check, notApplicable } from '../../harness/check.ts';
import { whyUnsupported } from '../../harness/requirements.ts';
import type { Shared } from '../../harness/shared.ts';
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
import { EVERY_MS } from './ticker.ts';
import { judgeBusy } from './traffic-verdict.ts';

const BUSY_KEEP_ALIVE = 5;
/** Long enough for three pings at 5 s. */
const BUSY_MS = 18_000;
/** On an overloaded machine, a third of the messages may be late. */
const BUSY_MESSAGES = Math.round((BUSY_MS / EVERY_MS) * (2 / 3));
const AROUND_MS = 60_000;

export type Activity = {
  readonly idWord: string;
  readonly name: Exclude<Traffic['activity'], 'idle'>;
  readonly kind: 'publishes' | 'receives';
  readonly qos: 0 | 1;
};

export const BUSY: readonly Activity[] = [
  { idWord: 'publishes-q0', name: 'publishes QoS 0', kind: 'publishes', qos: 0 },
  { idWord: 'publishes-q1', name: 'publishes QoS 1', kind: 'publishes', qos: 1 },
  { idWord: 'receives-q0', name: 'receives QoS 0', kind: 'receives', qos: 0 },
  { idWord: 'receives-q1', name: 'receives QoS 1', kind: 'receives', qos: 1 },
];

type BusyOptions = {
  readonly testLab: TestLab;
  readonly roles: TopicRoles;
  readonly measuredClient: MeasuredClient;
  readonly activity: Activity;
  readonly ticks: Shared<AsyncDisposable>;
};

/** Counts the pings of a client that publishes or receives meanwhile. */
export function busyClient({ testLab, roles, measuredClient, activity, ticks }: BusyOptions): Check {
  const keepAlive = BUSY_KEEP_ALIVE;
  const does = activity.kind === 'publishes' ? 'publishes' : 'receives';
  const named = {
    id: `keepalive.traffic.${keepAlive}s.${measuredClient.client}.${activity.idWord}.${measuredClient.idWord}`,
    subject: { kind: 'traffic', keepAlive, client: measuredClient.client, activity: activity.name },
    host: measuredClient.host,
    claim: `a client that ${does} a message of QoS ${activity.qos} a second is never silent for longer than its keep alive of ${keepAlive} s (${measuredClient.label})`,
  } as const;
  const why = whyKeepAliveTooLong(testLab, keepAlive) ?? whyUnsupported(testLab, { qos: activity.qos });
  if (why !== undefined) return notApplicable(named, why);
  const boundMs = BUSY_MS + AROUND_MS;
  return {
    ...named,
    statement: 'MQTT-3.1.2-23',
    expected: {
      keepAlive,
      mostMs: pingWindow(keepAlive, measuredClient.tolerance).mostMs,
      answered: true,
      messages: BUSY_MESSAGES,
    },
    version: 4,
    isLoad: true,
    boundMs,
    run: () =>
      unlessStopped(testLab.stopped, async () => {
        const startedAt = now();
        const stalls = watchStalls();
        const receives = activity.kind === 'receives';
        const user = receives ? roles.subscriber : roles.publisher;
        const options = { user, topic: roles.topic, keepAlive, task: activity, boundMs };
        const meanwhile = receives ? ticks : alone;
        return await measuredClient.use(options, (client) =>
          meanwhile(async () => {
            const isEarly = await endsWithin(client, BUSY_MS);
            // on a slow machine, what is under way takes longer
            if (!isEarly) await waitForMessages(client, BUSY_MESSAGES, BUSY_MS);
            const watched = await finalReading(client, { keepAlive, startedAt }, stalls);
            const { measured, ...judged } = judgeBusy(watched, measuredClient.tolerance, BUSY_MESSAGES);
            const software = await client.software();
            const observed: Traffic = {
              keepAlive,
              client: software,
              activity: activity.name,
              ...measured,
              source: client.source,
            };
            const reason = isEarly ? 'its connection ended' : judged.reason;
            return {
              ...judged,
              ...(isEarly ? { verdict: 'fail' } : {}),
              ...(reason === undefined ? {} : { reason }),
              observed,
            };
          }),
        );
      }),
  };
}

async function alone<T>(work: () => Promise<T>): Promise<T> {
  return await work();
}

/** Whether the connection ends in this time, which does not stretch. Throws what the client's host fails with. */
async function endsWithin(client: RunningClient, ms: number): Promise<boolean> {
  let hasEnded = false;
  const ended = client.ended.then(() => {
    hasEnded = true;
  });
  await Promise.race([ended, waitAtMost(ms, ended)]);
  return hasEnded;
}

/** Waits until the client has so many messages. Where some are missing, the verdict follows from those that came. */
async function waitForMessages(client: RunningClient, wanted: number, boundMs: number): Promise<void> {
  const count = () => client.packets.filter(({ type }) => type === 'PUBLISH').length;
  await ignoreFailure(client.first(() => count() >= wanted, `${wanted} messages`, boundMs));
}
