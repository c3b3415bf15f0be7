import { notApplicable } from '../../harness/check.ts';
import type { CheckFamily } from '../../harness/check-family.ts';
import { whyUnsupported } from '../../harness/requirements.ts';
import { topicRoles } from '../../harness/roles.ts';
import { BUSY, busyClient } from './busy.ts';
import { exchange } from './idle.ts';
import { localMeasuredClient, piMeasuredClients } from './measured-client.ts';
import { sharedTicker } from './ticker.ts';

/** The two keep alives that the checkpoint compares, in seconds. Both exchanges last as long as the slower one's pings take. */
const KEEP_ALIVES = [5, 25] as const;
const SLOWEST = Math.max(...KEEP_ALIVES);
/** Pings of the slower one: as many as a default run has time for, and enough to show a period. */
const PINGS = { default: 1, full: 3 } as const;

/**
 * What a keep alive costs on the network. The idle client is a publisher: a subscriber to a topic of the lab would
 * receive what other checks publish there.
 */
export const keepaliveTraffic: CheckFamily = (testLab) => {
  const roles = topicRoles(testLab.lab);
  // other checks use the last topic least
  const last = topicRoles({ ...testLab.lab, topics: testLab.lab.topics.toReversed() });
  const pis = testLab.live.pis.map((pi) => piMeasuredClients(testLab, pi));
  const here = localMeasuredClient(testLab);
  const slower = testLab.isFull ? PINGS.full : PINGS.default;
  const [first] = pis;
  const idle = [here, ...pis.map(({ mosquitto }) => mosquitto)];
  const busy = [here, ...(first === undefined ? [] : [first.mosquitto, first.paho])];
  if (roles === undefined || last === undefined) {
    const named = {
      id: 'keepalive.traffic',
      subject: { kind: 'traffic' },
      claim: 'what a keep alive costs on the network',
    } as const;
    const reason = 'lab.yaml has no topic with both a publisher and a subscriber';
    return [{ ...notApplicable(named, reason), scope: 'default' }];
  }
  const ticks = sharedTicker(
    testLab,
    last.publisher,
    last.topic,
    whyUnsupported(testLab, { qos: 1 }) === undefined ? 1 : 0,
  );
  return [
    ...KEEP_ALIVES.flatMap((keepAlive) => {
      const pings = Math.floor(SLOWEST / keepAlive) * slower;
      return idle.map((measuredClient) => exchange({ testLab, roles, measuredClient, keepAlive, pings }));
    }),
    ...busy.flatMap((measuredClient) =>
      BUSY.map((activity) => {
        const busyRoles = activity.kind === 'publishes' ? roles : last;
        return busyClient({ testLab, roles: busyRoles, measuredClient, activity, ticks });
      }),
    ),
  ].map((check) => ({ scope: 'default', ...check }));
};
