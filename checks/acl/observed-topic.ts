import { atMost } from '../../base/limit.ts';
import type { User } from '../../lab-file/lab.ts';
import type { Session } from '../../probes/mqtt/session.ts';
import { isMessage, nonce } from '../harness/messages.ts';
import { observerOf, publisherOf } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';

/** Who sees what passes on a topic, and who may publish to it: one of each for all the checks of the topic. */
export type ObservedTopic = {
  readonly topic: string;
  readonly observer: User;
  readonly publisher: User;
  readonly seeing: Session;
  readonly sending: Session;
};

export type ObservedRoles =
  | { readonly kind: 'observable'; readonly observer: User; readonly publisher: User }
  | { readonly kind: 'unobservable'; readonly why: string };

export const BOUND_MS = 60_000;

/** Each takes a connection or two; a small broker or a low ulimit must not be the finding. */
export const limit = atMost(8);

export function observedRoles({ lab }: TestLab, topic: string): ObservedRoles {
  const observer = observerOf(lab, topic);
  const publisher = publisherOf(lab, topic);
  if (publisher === undefined) return { kind: 'unobservable', why: `nobody may publish to ${topic}` };
  if (observer === undefined) return { kind: 'unobservable', why: `nobody may subscribe to ${topic}` };
  return { kind: 'observable', observer, publisher };
}

type Open = { readonly observed: Promise<ObservedTopic>; users: number };
const observedTopics = new WeakMap<TestLab, Map<string, Open>>();

/** Works on a topic's stage; it is closed when nobody is on it any more, since whoever has subscribed gets the load of other checks too. */
export async function onObservedTopic<T>(
  testLab: TestLab,
  topic: string,
  work: (observed: ObservedTopic) => Promise<T>,
): Promise<T> {
  const ofTestLab = observedTopics.get(testLab) ?? new Map<string, Open>();
  observedTopics.set(testLab, ofTestLab);
  const open = ofTestLab.get(topic) ?? { observed: openObservedTopic(testLab, topic), users: 0 };
  ofTestLab.set(topic, open);
  open.users += 1;
  try {
    return await work(await open.observed);
  } finally {
    open.users -= 1;
    if (open.users === 0) {
      ofTestLab.delete(topic);
      // one that could not be opened has been told already; an end is not waited for
      open.observed
        .then(({ seeing, sending }) => Promise.all([seeing.close(), sending.close()]))
        .catch(() => undefined);
    }
  }
}

async function openObservedTopic(testLab: TestLab, topic: string): Promise<ObservedTopic> {
  const roles = observedRoles(testLab, topic);
  if (roles.kind === 'unobservable') throw new Error(`unobservable: ${roles.why}`);
  const { observer, publisher } = roles;
  const [seeing, sending] = await Promise.all([testLab.login(observer), testLab.login(publisher)]);
  const code = await seeing.subscribe(topic, 1);
  if (code >= 0x80) throw new Error(`the broker refused ${observer.name}'s subscription to ${topic} with code ${code}`);
  return { topic, observer, publisher, seeing, sending };
}

type Sentinel = Pick<ObservedTopic, 'topic' | 'seeing'> & { readonly sending: Pick<Session, 'publish'> };

/** A broker that promises no order between publishers gets some round trips more to pass on what it should not. */
const ROUNDS_ELSEWHERE = 3;

/** Publishes a message behind everything that the broker has dealt with, and waits until the observer has it. */
export async function sentinel(
  { brokerKind, deliveryDelay }: TestLab,
  { topic, seeing, sending }: Sentinel,
): Promise<Buffer> {
  const last = Buffer.from(`sentinel ${nonce()}`);
  for (let round = brokerKind === 'lab' ? ROUNDS_ELSEWHERE : 1; round <= ROUNDS_ELSEWHERE; round += 1) {
    const payload = Buffer.concat([last, Buffer.from(` ${round}`)]);
    await deliveryDelay.timed(async () => {
      await sending.publish(topic, payload, { qos: 1 });
      await seeing.packet(isMessage(payload), `sentinel on ${topic}`);
    });
  }
  return Buffer.concat([last, Buffer.from(` ${ROUNDS_ELSEWHERE}`)]);
}

/**
 * Whether the observer has the message by now; one that must come may take longer on a broker that promises no order between publishers, one that
 * must not has had its time when the sentinel came.
 */
export async function hasArrived({ seeing }: ObservedTopic, payload: Buffer, mustCome: boolean): Promise<boolean> {
  if (!mustCome) return seeing.packets.some(isMessage(payload));
  return await seeing.packet(isMessage(payload), 'message').then(
    () => true,
    () => false,
  );
}
