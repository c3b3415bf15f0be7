import { atMost } from '../../base/limit.ts';
import type { User } from '../../lab-file/lab.ts';
import type { Session } from '../../probes/mqtt/session.ts';
import { isMessage, nonce } from '../harness/messages.ts';
import { observerOf, publisherOf } from '../harness/roles.ts';
import { type Shared, shared } from '../harness/shared.ts';
import type { TestLab } from '../harness/test-lab.ts';

/** A topic with a subscriber and a publisher, which all checks of the topic share. */
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

/** Each check takes a connection or two: a small broker or a low ulimit must not be what fails. */
export const limit = atMost(8);

export function observedRoles({ lab }: TestLab, topic: string): ObservedRoles {
  const observer = observerOf(lab, topic);
  const publisher = publisherOf(lab, topic);
  if (publisher === undefined) return { kind: 'unobservable', why: `no user may publish to ${topic}` };
  if (observer === undefined) return { kind: 'unobservable', why: `no user may subscribe to ${topic}` };
  return { kind: 'observable', observer, publisher };
}

type Open = ObservedTopic & AsyncDisposable;
const observedTopics = new WeakMap<TestLab, Map<string, Shared<Open>>>();

/** Lends the topic to a check. It is closed when no check uses it, since its subscriber also receives the loads of other checks. */
export async function onObservedTopic<T>(
  testLab: TestLab,
  topic: string,
  work: (observed: ObservedTopic) => Promise<T>,
): Promise<T> {
  const topics = observedTopics.get(testLab) ?? new Map<string, Shared<Open>>();
  observedTopics.set(testLab, topics);
  const observed = topics.get(topic) ?? shared(() => openObservedTopic(testLab, topic));
  topics.set(topic, observed);
  return await observed(work);
}

async function openObservedTopic(testLab: TestLab, topic: string): Promise<Open> {
  const roles = observedRoles(testLab, topic);
  if (roles.kind === 'unobservable') throw new Error(`no client can see the effect: ${roles.why}`);
  const { observer, publisher } = roles;
  const [seeing, sending] = await Promise.all([testLab.login(observer), testLab.login(publisher)]);
  const code = await seeing.subscribe(topic, 1);
  if (code >= 0x80) throw new Error(`the broker refused ${observer.name}'s subscription to ${topic} with code ${code}`);
  return {
    topic,
    observer,
    publisher,
    seeing,
    sending,
    async [Symbol.asyncDispose]() {
      await Promise.all([seeing.close(), sending.close()]);
    },
  };
}

type Sentinel = Pick<ObservedTopic, 'topic' | 'seeing'> & { readonly sending: Pick<Session, 'publish'> };

/** A broker that guarantees no order between publishers gets more round trips to deliver what it should not. */
export const ROUNDS_ELSEWHERE = 3;

/** Publishes a message after everything that the broker has processed, and waits until the observer has it. */
export async function sentinel(
  { brokerKind, deliveryDelay }: TestLab,
  { topic, seeing, sending }: Sentinel,
): Promise<Buffer> {
  const mark = `sentinel ${nonce()}`;
  const rounds = brokerKind === 'lab' ? 1 : ROUNDS_ELSEWHERE;
  let last = Buffer.alloc(0);
  for (let round = 1; round <= rounds; round += 1) {
    const payload = Buffer.from(`${mark} ${round}`);
    await deliveryDelay.timed(async () => {
      await sending.publish(topic, payload, { qos: 1 });
      await seeing.packet(isMessage(payload), `sentinel on ${topic}`);
    });
    last = payload;
  }
  return last;
}

/**
 * Whether the observer has the message. One that must arrive may take longer on a broker that guarantees no order between
 * publishers; one that must not has had its time when the sentinel arrived.
 */
export async function hasArrived(
  { seeing }: ObservedTopic,
  payload: Buffer,
  due: { readonly isDue: boolean },
): Promise<boolean> {
  if (!due.isDue) return seeing.packets.some(isMessage(payload));
  return await seeing.packet(isMessage(payload), 'message').then(
    () => true,
    () => false,
  );
}
