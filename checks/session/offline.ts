import type { QoS, Version } from '../../probes/mqtt/session.ts';
import type { Check, Finding } from '../harness/check.ts';
import { isMessage, mustPublish } from '../harness/messages.ts';
import { QOS_LEVELS } from '../harness/protocol.ts';
import { lessGranted, qosNotOffered } from '../harness/requirements.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import { copiesOf, isPresent, queueing, type SessionFixture, sessionCheck } from './fixture.ts';

/** The lengths of the messages, in bytes. */
const BYTES = [0, 1_500, 10_000] as const;
const COUNT = BYTES.length;
const OVERTAKEN_MS = 2_000;
/** The statement on the order of messages at one QoS on one topic. */
const ORDER: Readonly<Record<Version, string>> = { 4: 'MQTT-4.6.0-6', 5: 'MQTT-4.6.0-5' };

/** Checks of messages that are published while a subscriber is absent. */
export function offlineChecks(testLab: TestLab, version: Version): Check[] {
  return QOS_LEVELS.map((qos) =>
    sessionCheck(testLab, version, {
      name: `offline.q${qos}`,
      claim:
        qos === 0
          ? 'the broker queues no messages of QoS 0 for an absent subscriber'
          : `the broker queues messages of QoS ${qos} for an absent subscriber and delivers each once, in order`,
      ...(qos === 0 ? {} : { statement: { 4: 'MQTT-3.1.2-5', 5: 'MQTT-3.1.2-23' } }),
      expected: { sessionPresent: true, arrived: qos === 0 ? [] : Array.from({ length: COUNT }, (_, index) => index) },
      role: 'subscriber',
      requires: qos === 0 ? { dropsQoS0: true, neverRaisesQoS: true } : queueing(qos),
      run: (fixture) => publishWhileAbsent(fixture, qos, version),
    }),
  );
}

async function publishWhileAbsent(fixture: SessionFixture, qos: QoS, version: Version): Promise<Finding> {
  const { topic } = fixture;
  const [before, sending] = await Promise.all([fixture.connect(), fixture.other('publisher')]);
  const notOffered = qosNotOffered(fixture, sending, qos);
  if (notOffered !== undefined) return notOffered;
  const less = lessGranted(fixture, await before.subscribe(topic, 2), qos);
  if (less !== undefined) return less;
  await before.disconnect();
  const payloads = Array.from({ length: COUNT }, (_, index) => fixture.message(`offline ${index}`, BYTES[index]));
  for (const payload of payloads) await mustPublish(sending, topic, payload, { qos });
  // QoS 0 has no acknowledgement
  await sending.barrier();
  const back = await fixture.connect();
  if (!isPresent(back)) return judgeOffline(qos, COUNT, { sessionPresent: false, arrived: [] }, fixture.brokerKind);
  const last = fixture.message('sentinel');
  await mustPublish(sending, topic, last, { qos });
  await back.packet(isMessage(last), 'sentinel');
  await back.barrier();
  // a queued message may arrive after the sentinel
  const all =
    qos === 0 ? [] : payloads.map((payload) => back.packet(isMessage(payload), 'queued message', OVERTAKEN_MS));
  await Promise.all(all).catch(() => undefined);
  const numbers = copiesOf(back, [...payloads, last]).map(({ payload }) =>
    [...payloads, last].findIndex((own) => payload?.equals(own)),
  );
  const arrived = numbers.filter((number) => number < COUNT);
  const finding = judgeOffline(qos, COUNT, { sessionPresent: true, arrived }, fixture.brokerKind);
  if (qos === 0 || finding.verdict !== 'pass' || numbers.indexOf(COUNT) === COUNT) return finding;
  const reason = `the messages arrived as ${numbers.join(', ')}, and ${COUNT} was published last (${ORDER[version]})`;
  return { ...finding, verdict: 'fail', reason };
}

/** What a returning client saw: the numbers of the messages that arrived, in order of arrival. */
export type OfflineSeen = { readonly sessionPresent: boolean; readonly arrived: readonly number[] };

/** The broker must queue QoS 1 and 2 for an absent session (MQTT-3.1.2-5). It may queue QoS 0; Mosquitto does not. */
export function judgeOffline(qos: QoS, count: number, seen: OfflineSeen, brokerKind: BrokerKind): Finding {
  const { arrived } = seen;
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed: seen, reason });
  if (!seen.sessionPresent) return fail('the broker had discarded the session');
  if (arrived.some((number, index) => index > 0 && number <= (arrived[index - 1] ?? -1))) {
    return fail(`the messages arrived as ${arrived.join(', ')}, not once each and in order`);
  }
  if (qos > 0 && arrived.length !== count) return fail(`the broker had queued ${arrived.length} of ${count} messages`);
  if (qos === 0 && brokerKind === 'lab' && arrived.length > 0)
    return fail(`the broker had queued ${arrived.length} messages of QoS 0`);
  return { verdict: 'pass', observed: seen };
}
