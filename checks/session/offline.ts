import type { QoS, Version } from '../../probes/mqtt/session.ts';
import type { Check, Finding } from '../harness/check.ts';
import { isMessage, mustPublish } from '../harness/messages.ts';
import { qosNotOffered } from '../harness/requirements.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';
import { copiesOf, isPresent, queueing, type SessionFixture, sessionCheck } from './fixture.ts';

const LEVELS: readonly QoS[] = [0, 1, 2];
const COUNT = 3;
const OVERTAKEN_MS = 2_000;
/** Of what is published at one QoS to one topic. */
const ORDER: Readonly<Record<Version, string>> = { 4: 'MQTT-4.6.0-6', 5: 'MQTT-4.6.0-5' };

/** What is published while a subscriber is away. */
export function offlineChecks(testLab: TestLab, version: Version): Check[] {
  return LEVELS.map((qos) =>
    sessionCheck(testLab, version, {
      name: `offline.q${qos}`,
      claim:
        qos === 0
          ? 'messages of QoS 0 are not kept for a subscriber that is away'
          : `messages of QoS ${qos} are kept for a subscriber that is away, once each and in order`,
      ...(qos === 0 ? {} : { statement: { 4: 'MQTT-3.1.2-5', 5: 'MQTT-3.1.2-23' } }),
      expected: { sessionPresent: true, arrived: qos === 0 ? [] : Array.from({ length: COUNT }, (_, index) => index) },
      role: 'subscriber',
      requires: qos === 0 ? { dropsQoS0: true } : queueing(qos),
      run: (fixture) => goAway(fixture, qos, version),
    }),
  );
}

async function goAway(fixture: SessionFixture, qos: QoS, version: Version): Promise<Finding> {
  const { topic } = fixture;
  const [before, sending] = await Promise.all([fixture.connect(), fixture.other('publisher')]);
  const notOffered = qosNotOffered(fixture, sending, qos);
  if (notOffered !== undefined) return notOffered;
  await before.subscribe(topic, 2);
  await before.disconnect();
  const payloads = Array.from({ length: COUNT }, (_, index) => fixture.message(`offline ${index}`));
  for (const payload of payloads) await mustPublish(sending, topic, payload, { qos });
  // a QoS 0 has no acknowledgement
  await sending.barrier();
  const back = await fixture.connect();
  if (!isPresent(back)) return judgeOffline(qos, COUNT, { sessionPresent: false, arrived: [] }, fixture.brokerKind);
  const last = fixture.message('sentinel');
  await mustPublish(sending, topic, last, { qos });
  await back.packet(isMessage(last), 'sentinel');
  await back.barrier();
  // one that the later message has overtaken was kept too
  const all = qos === 0 ? [] : payloads.map((payload) => back.packet(isMessage(payload), 'kept message', OVERTAKEN_MS));
  await Promise.all(all).catch(() => undefined);
  const numbers = copiesOf(back, [...payloads, last]).map(({ payload }) =>
    [...payloads, last].findIndex((own) => payload?.equals(own)),
  );
  const arrived = numbers.filter((number) => number < COUNT);
  const finding = judgeOffline(qos, COUNT, { sessionPresent: true, arrived }, fixture.brokerKind);
  if (qos === 0 || finding.verdict !== 'pass' || numbers.indexOf(COUNT) === COUNT) return finding;
  const reason = `they came as ${numbers.join(', ')}, though ${COUNT} was published when the session was back (${ORDER[version]})`;
  return { ...finding, verdict: 'fail', reason };
}

/** Numbers of the messages that came to the session when it was back, in order. */
export type OfflineSeen = { readonly sessionPresent: boolean; readonly arrived: readonly number[] };

/** QoS 1 and 2 are kept for a session that is away (MQTT-3.1.2-5); QoS 0 may be, and Mosquitto does not. */
export function judgeOffline(qos: QoS, count: number, seen: OfflineSeen, brokerKind: BrokerKind): Finding {
  const { arrived } = seen;
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed: seen, reason });
  if (!seen.sessionPresent) return fail('the broker had not kept the session');
  if (arrived.some((number, index) => index > 0 && number <= (arrived[index - 1] ?? -1))) {
    return fail(`they came as ${arrived.join(', ')}: not once each and in order`);
  }
  if (qos > 0 && arrived.length !== count) return fail(`${arrived.length} of ${count} were kept`);
  if (qos === 0 && brokerKind === 'lab' && arrived.length > 0)
    return fail(`${arrived.length} messages of QoS 0 were kept`);
  return { verdict: 'pass', observed: seen };
}
