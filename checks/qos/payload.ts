import { randomBytes } from 'node:crypto';
import { errorMessage, ignoreFailure } from '../../base/errors.ts';
import type { QoS, Version } from '../../probes/mqtt/session.ts';
import { type Check, type Finding, notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { isMessage, mustPublish, nonce } from '../harness/messages.ts';
import { overOf, QOS_LEVELS, tagOf, VERSIONS } from '../harness/protocol.ts';
import { lessGranted, longestPayload, qosNotOffered, whyUnsupported } from '../harness/requirements.ts';
import { NO_TOPIC_ROLES, type TopicRoles, topicRoles } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { loads } from './load-limit.ts';
import { judgePayloads, LONGEST_BYTES, type Payload, payloadSizes, type Refused } from './payload-verdict.ts';

const BOUND_MS = 60_000;
const WAIT_MS = 20_000;
const LATER_MS = 5_000;

/** Binary messages of every size that people send, at every QoS. */
export const qosPayload: CheckFamily = (testLab) => {
  const roles = topicRoles(testLab.lab);
  return VERSIONS.map((version): Check => {
    const named = {
      id: `qos.payload.${tagOf(version)}`,
      claim: `a payload arrives with the same bytes at every QoS, from 1 to ${LONGEST_BYTES} bytes or the broker's limit, ${overOf(version)}`,
    } as const;
    if (roles === undefined) return notApplicable(named, NO_TOPIC_ROLES);
    const sizes = payloadSizes(longestPayload(testLab, roles.topic));
    const levels = QOS_LEVELS.filter((qos) => whyUnsupported(testLab, { qos }) === undefined);
    return {
      ...named,
      isLoad: true,
      limit: loads,
      version,
      expected: { sizes, levels, altered: [], missing: [] },
      boundMs: BOUND_MS,
      run: () => sendAll(testLab, roles, { version, sizes, levels }),
    };
  });
};

type Plan = { readonly version: Version; readonly sizes: readonly number[]; readonly levels: readonly QoS[] };

async function sendAll(testLab: TestLab, roles: TopicRoles, { version, sizes, levels }: Plan): Promise<Finding> {
  const { topic, publisher, subscriber } = roles;
  const options = { version, boundMs: WAIT_MS };
  await using receiving = await testLab.raw(subscriber, options);
  const less = lessGranted(testLab, await receiving.subscribe(topic, 2), 0);
  if (less !== undefined) return less;
  const sent: Payload[] = [];
  let refused: Refused | undefined;
  let sending = await testLab.raw(publisher, options);
  try {
    // the acknowledgements of QoS 1 show the limit of a broker that announces none
    for (const qos of [...levels].sort((one, other) => Number(other === 1) - Number(one === 1))) {
      if (qosNotOffered(testLab, sending, qos) !== undefined) continue;
      for (const size of sizes.filter((bytes) => bytes < (refused?.size ?? Number.POSITIVE_INFINITY))) {
        const bytes = payloadOf(size);
        const failure = await mustPublish(sending, topic, bytes, { qos }).catch(errorMessage);
        if (failure === undefined) {
          sent.push({ qos, bytes });
          continue;
        }
        refused = { size, qos, failure };
        sending.destroy();
        sending = await testLab.raw(publisher, options);
        break;
      }
      const last = Buffer.from(`sentinel ${nonce()}`);
      // at the same QoS on the same connection, since only that keeps the order (MQTT-4.6.0-6; MQTT 5: MQTT-4.6.0-5)
      await mustPublish(sending, topic, last, { qos });
      await receiving.packet(isMessage(last), 'sentinel');
    }
  } finally {
    await sending[Symbol.asyncDispose]();
  }
  if (testLab.brokerKind === 'external') {
    // a broker that guarantees no order may take longer
    const all = sent.map(({ bytes }) => receiving.packet(isMessage(bytes), 'message', LATER_MS));
    await ignoreFailure(Promise.all(all));
  }
  return judgePayloads({ sent, received: receiving.packets, topic, refused }, testLab.brokerKind);
}

/** Random bytes, which are no text, behind a nonce. */
function payloadOf(size: number): Buffer {
  return Buffer.concat([Buffer.from(nonce()), randomBytes(size)]).subarray(0, size);
}
