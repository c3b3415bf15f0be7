import { ignoreFailure } from '../../base/errors.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import type { Check, Finding } from '../harness/check.ts';
import { isMessage, mustPublish } from '../harness/messages.ts';
import { lessGranted } from '../harness/requirements.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { copiesOf, isPresent, type SessionFixture, sessionCheck } from './fixture.ts';

/** Checks that UNSUBSCRIBE removes a subscription from the session, and no other one. */
export function unsubscribedCheck(testLab: TestLab, version: Version): Check {
  return sessionCheck(testLab, version, {
    name: 'unsubscribed',
    claim:
      'after UNSUBSCRIBE no message comes by that subscription, neither live nor from the queue, and one that remains still works',
    statement: { 4: 'MQTT-3.10.4-2', 5: 'MQTT-3.10.4-2' },
    expected: { sessionPresent: true, byTheOther: 1, live: 0, queued: 0, codes: version === 5 ? [0, 0] : [] },
    role: 'subscriber',
    run: unsubscribe,
  });
}

async function unsubscribe(fixture: SessionFixture): Promise<Finding> {
  const { topic } = fixture;
  const [before, sending, witness] = await Promise.all([
    fixture.connect(),
    fixture.other('publisher'),
    fixture.other('subscriber'),
  ]);
  const plus = [...topic.split('/').slice(0, -1), '+'].join('/');
  const granted = await before.subscribe(topic, 1);
  const less = lessGranted(fixture, granted, 1) ?? lessGranted(fixture, await witness.subscribe(topic, 1), 1);
  if (less !== undefined) return less;
  const publish = async (name: string) => {
    const payload = fixture.message(name);
    await mustPublish(sending, topic, payload, { qos: 1 });
    await witness.packet(isMessage(payload), 'message at another subscriber');
    return payload;
  };
  const isWide = (await mayUse(fixture, plus)) && (await before.subscribe(plus, 1)) < 0x80;
  const codes = [...(await before.unsubscribe(topic))];
  const byTheOther = await publish('by the other');
  await before.barrier();
  if (isWide) codes.push(...(await before.unsubscribe(plus)));
  const live = await publish('live');
  await before.barrier();
  await before.disconnect();
  const queued = await publish('queued');
  const back = await connectAgain(fixture);
  return judgeUnsubscribed(
    {
      sessionPresent: isPresent(back),
      byTheOther: isWide ? copiesOf(before, [byTheOther]).length : undefined,
      live: copiesOf(before, [live]).length,
      queued: copiesOf(back, [queued]).length,
      codes,
    },
    fixture.brokerKind === 'lab',
  );
}

/** An external broker may close a connection whose session returns; the next one then shows the same. */
async function connectAgain(fixture: SessionFixture): Promise<RawSession> {
  const back = await fixture.connect();
  const answer = back.barrier();
  if (fixture.brokerKind === 'lab') await answer;
  else if ((await ignoreFailure(answer.then(() => true))) !== true) return await secondConnection(fixture);
  return back;
}

async function secondConnection(fixture: SessionFixture): Promise<RawSession> {
  const next = await fixture.connect();
  await next.barrier();
  return next;
}

/** An external broker may refuse a filter that covers more than the user may read, or close the connection for it. */
async function mayUse(fixture: SessionFixture, filter: string): Promise<boolean> {
  if (fixture.brokerKind === 'lab') return true;
  const trying = await fixture.other('subscriber');
  const code = await ignoreFailure(trying.subscribe(filter, 1));
  return code !== undefined && code < 0x80;
}

export type UnsubscribedSeen = {
  readonly sessionPresent: boolean;
  /** Copies by the subscription that remained; undefined: the broker had refused that. */
  readonly byTheOther: number | undefined;
  /** Copies that came after both UNSUBSCRIBEs, and those that came after the reconnect. */
  readonly live: number;
  readonly queued: number;
  /** The codes of MQTT 5's UNSUBACKs. */
  readonly codes: readonly number[];
};

/** An external broker may discard a session that has no subscriptions. */
export function judgeUnsubscribed(seen: UnsubscribedSeen, isOwn: boolean): Finding {
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed: seen, reason });
  const { byTheOther, live, queued, codes } = seen;
  if (live > 0) return fail('a message arrived after UNSUBACK');
  if (queued > 0) return fail('the broker had queued a message after UNSUBACK');
  if (byTheOther !== undefined && byTheOther !== 1) {
    return fail(`${byTheOther} copies arrived by the subscription that remained, not one`);
  }
  if (isOwn && byTheOther === undefined) return fail('the broker refused the subscription with a wildcard');
  const wrong = codes.find((code) => code >= 0x80);
  if (wrong !== undefined) return fail(`the broker answered UNSUBSCRIBE with code ${wrong}`);
  if (isOwn && !seen.sessionPresent) return fail('the broker had discarded the session');
  if (byTheOther !== undefined && seen.sessionPresent) return { verdict: 'pass', observed: seen };
  const reason = seen.sessionPresent
    ? 'the external broker refuses a filter with a wildcard'
    : 'the external broker keeps no session without subscriptions';
  return { verdict: 'pass', observed: seen, reason };
}
