import { setImmediate } from 'node:timers/promises';
import { errorMessage } from '../../base/errors.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import { notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { isMessage, mustPublish, nonce } from '../harness/messages.ts';
import { whyUnsupported } from '../harness/requirements.ts';
import { topicRoles } from '../harness/roles.ts';
import { loads } from './load-limit.ts';
import { expectedSequence, judgeSequence, numbered } from './sequence.ts';

const COUNT = 1_000;
/** What a default Mosquitto allows in flight (mosquitto.conf(5), max_inflight_messages). */
const WINDOW = 20;
const BOUND_MS = 60_000;
/** On a message that waits for a window of others. */
const WAIT_MS = 20_000;

export const qosExactlyOnce: CheckFamily = (testLab) => {
  const named = {
    id: 'qos.exactly-once.q2',
    claim: `${COUNT} messages of QoS 2, at most ${WINDOW} in flight: each is received once, unaltered and in order`,
  } as const;
  const roles = topicRoles(testLab.lab);
  if (roles === undefined) {
    return [notApplicable(named, 'lab.yaml has no topic with both a publisher and a subscriber')];
  }
  const why = whyUnsupported(testLab, { qos: 2 });
  if (why !== undefined) return [notApplicable(named, why)];
  const { topic, publisher, subscriber } = roles;
  return [
    {
      ...named,
      scope: 'default',
      isLoad: true,
      limit: loads,
      statement: 'MQTT-4.6.0-6',
      expected: expectedSequence(COUNT),
      boundMs: BOUND_MS,
      async run() {
        const options = { boundMs: WAIT_MS };
        const [sending, seeing] = await Promise.all([
          testLab.raw(publisher, options),
          testLab.raw(subscriber, options),
        ]);
        await using _sending = sending;
        await using _seeing = seeing;
        const granted = await seeing.subscribe(topic, 2);
        if (granted < 2 && testLab.brokerKind === 'external') {
          return { verdict: 'skipped', observed: { granted }, reason: `the broker grants only QoS ${granted}` };
        }
        const mark = nonce();
        const begun = performance.now();
        const trouble = await sendAll(sending, seeing, topic, mark).catch(errorMessage);
        const durationMs = performance.now() - begun;
        // the missing messages show a lost connection
        await seeing.barrier().catch(() => undefined);
        const ends = { publisher: sending.packets, subscriber: seeing.packets };
        const finding = judgeSequence({ mark, count: COUNT, ...ends, durationMs });
        if (trouble === undefined) return finding;
        const reason = finding.reason === undefined ? trouble : `${finding.reason}: ${trouble}`;
        return { ...finding, verdict: 'fail', reason };
      },
    },
  ];
};

/** The next is sent when one of those in flight is acknowledged to the publisher and by the subscriber. */
async function sendAll(sending: RawSession, seeing: RawSession, topic: string, mark: string): Promise<void> {
  let next = 0;
  let isLost = false;
  const lane = async () => {
    while (next < COUNT && !isLost) {
      const payload = numbered(mark, next);
      next += 1;
      try {
        await Promise.all([mustPublish(sending, topic, payload, { qos: 2 }), received(seeing, payload)]);
      } catch (error) {
        isLost = true;
        throw error;
      }
      // one turn of the loop for the other checks
      await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, lane));
}

async function received(seeing: RawSession, payload: Buffer): Promise<void> {
  const { packetId, at } = await seeing.packet(isMessage(payload), `message ${payload}`);
  await seeing.packet(
    (packet) => packet.at >= at && packet.packetId === packetId && packet.type === 'PUBCOMP',
    `end of the exchange of message ${payload}`,
  );
}
