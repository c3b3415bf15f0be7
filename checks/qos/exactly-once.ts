import { setImmediate } from 'node:timers/promises';
import { errorMessage } from '../../base/errors.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import { notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { isMessage, mustPublish, nonce } from '../harness/messages.ts';
import { lessGranted, whyUnsupported } from '../harness/requirements.ts';
import { NO_TOPIC_ROLES, topicRoles } from '../harness/roles.ts';
import { loads } from './load-limit.ts';
import { expectedSequence, judgeSequence, numbered } from './sequence.ts';

const COUNT = 1_000;
/** Mosquitto's default limit on messages in flight (mosquitto.conf(5), max_inflight_messages). */
const WINDOW = 20;
const BOUND_MS = 60_000;
/** A message may wait for a whole window of others. */
const WAIT_MS = 20_000;

export const qosExactlyOnce: CheckFamily = (testLab) => {
  const named = {
    id: 'qos.exactly-once.q2',
    claim: `${COUNT} messages of QoS 2, at most ${WINDOW} in flight: each is received once, unaltered and in order`,
  } as const;
  const roles = topicRoles(testLab.lab);
  if (roles === undefined) return [notApplicable(named, NO_TOPIC_ROLES)];
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
        const [sending, receiving] = await Promise.all([
          testLab.raw(publisher, options),
          testLab.raw(subscriber, options),
        ]);
        await using _sending = sending;
        await using _receiving = receiving;
        const less = lessGranted(testLab, await receiving.subscribe(topic, 2), 2);
        if (less !== undefined) return less;
        const mark = nonce();
        const begun = performance.now();
        const failure = await sendAll(sending, receiving, topic, mark).catch(errorMessage);
        const durationMs = performance.now() - begun;
        // the missing messages show a lost connection
        await receiving.barrier().catch(() => undefined);
        const ends = { publisher: sending.packets, subscriber: receiving.packets };
        const finding = judgeSequence({ mark, count: COUNT, ...ends, durationMs });
        if (failure === undefined) return finding;
        const reason = finding.reason === undefined ? failure : `${finding.reason}: ${failure}`;
        return { ...finding, verdict: 'fail', reason };
      },
    },
  ];
};

/** Sends the next message when both ends have finished the exchange of one in flight. */
async function sendAll(sending: RawSession, receiving: RawSession, topic: string, mark: string): Promise<void> {
  let next = 0;
  let isLost = false;
  const lane = async () => {
    while (next < COUNT && !isLost) {
      const payload = numbered(mark, next);
      next += 1;
      try {
        await Promise.all([mustPublish(sending, topic, payload, { qos: 2 }), received(receiving, payload)]);
      } catch (error) {
        isLost = true;
        throw error;
      }
      // lets the other checks run
      await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, lane));
}

async function received(receiving: RawSession, payload: Buffer): Promise<void> {
  const { packetId, at } = await receiving.packet(isMessage(payload), `message ${payload}`);
  await receiving.packet(
    (packet) => packet.at >= at && packet.packetId === packetId && packet.type === 'PUBCOMP',
    `end of the exchange of message ${payload}`,
  );
}
