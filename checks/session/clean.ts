import { ignoreFailure } from '../../base/errors.ts';
import { within } from '../../probes/mqtt/feed.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import type { Check, Finding } from '../harness/check.ts';
import { isMessage, mustPublish } from '../harness/messages.ts';
import { lessGranted } from '../harness/requirements.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { copiesOf, isPresent, type SessionFixture, sessionCheck } from './fixture.ts';

const CLOSE_BOUND_MS = 15_000;

/** Checks what discards a session, and what continues it. */
export function cleanChecks(testLab: TestLab, version: Version): Check[] {
  return [
    sessionCheck(testLab, version, {
      name: 'clean-forgets',
      claim: 'a clean session has no messages and no subscriptions of the earlier session',
      statement: { 4: 'MQTT-3.1.2-6', 5: 'MQTT-3.1.2-4' },
      expected: { sessionPresent: false, queued: 0, later: 0 },
      role: 'subscriber',
      run: comeBackClean,
    }),
    sessionCheck(testLab, version, {
      name: 'takeover',
      claim: 'a second connection with the same client id ends the first one and continues its session',
      statement: { 4: 'MQTT-3.1.4-2', 5: 'MQTT-3.1.4-3' },
      expected: { closedBy: 'broker', sessionPresent: true, copies: 1 },
      role: 'subscriber',
      run: takeOver,
    }),
  ];
}

async function comeBackClean(fixture: SessionFixture): Promise<Finding> {
  const { topic } = fixture;
  const [before, sending, witness] = await Promise.all([
    fixture.connect(),
    fixture.other('publisher'),
    fixture.other('subscriber'),
  ]);
  const [granted] = await Promise.all([before.subscribe(topic, 1), witness.subscribe(topic, 1)]);
  const less = lessGranted(fixture, granted, 1);
  if (less !== undefined) return less;
  await before.disconnect();
  const queued = fixture.message('queued');
  await mustPublish(sending, topic, queued, { qos: 1 });
  const back = await fixture.connect({ clean: true });
  const later = fixture.message('later');
  await mustPublish(sending, topic, later, { qos: 1 });
  await witness.packet(isMessage(later), 'message at another subscriber');
  await back.barrier();
  return judgeClean({
    sessionPresent: isPresent(back),
    queued: copiesOf(back, [queued]).length,
    later: copiesOf(back, [later]).length,
  });
}

async function takeOver(fixture: SessionFixture): Promise<Finding> {
  const { topic } = fixture;
  const [first, sending] = await Promise.all([fixture.connect(), fixture.other('publisher')]);
  const less = lessGranted(fixture, await first.subscribe(topic, 1), 1);
  if (less !== undefined) return less;
  const second = await fixture.connect();
  const ended = await ignoreFailure(within(first.ended, 'end of the first connection', CLOSE_BOUND_MS));
  const sessionPresent = isPresent(second);
  const fail = (reason: string, observed: object): Finding => ({ verdict: 'fail', observed, reason });
  if (!sessionPresent) return fail('the broker had discarded the session', { sessionPresent });
  const payload = fixture.message('takeover');
  await mustPublish(sending, topic, payload, { qos: 1 });
  await second.packet(isMessage(payload), 'message on the second connection');
  await second.barrier();
  const copies = copiesOf(second, [payload]).length;
  // MQTT 5: 0x8E (session taken over), which Mosquitto sends from 2.0.15 on
  const { code: reasonCode } =
    first.packets.find(({ type, direction }) => type === 'DISCONNECT' && direction === 'received') ?? {};
  const observed = { closedBy: ended?.by ?? 'nobody', how: ended?.how, sessionPresent, copies, reasonCode };
  if (ended?.by !== 'broker') return fail('the broker left the first connection open', observed);
  return copies === 1 ? { verdict: 'pass', observed } : fail(`${copies} copies arrived, not one`, observed);
}

export type CleanSeen = {
  readonly sessionPresent: boolean;
  /** What the clean session received: messages queued for the earlier session, and messages published later. */
  readonly queued: number;
  readonly later: number;
};

export function judgeClean(seen: CleanSeen): Finding {
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed: seen, reason });
  if (seen.sessionPresent) return fail('the broker reports that it had the session');
  if (seen.queued > 0) return fail('the broker delivered a message of the earlier session');
  if (seen.later > 0) return fail('the subscription of the earlier session still exists');
  return { verdict: 'pass', observed: seen };
}
