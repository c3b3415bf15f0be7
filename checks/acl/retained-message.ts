import { deferred } from '../../base/deferred.ts';
import { type RetainedRoles, retainedOn } from '../fixtures/retained-read.ts';
import { withRetainedRestored } from '../fixtures/retained-topic.ts';
import { nonce } from '../harness/messages.ts';
import { type Shared, shared } from '../harness/shared.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { publishAs } from './publication.ts';

const NOTHING = Buffer.alloc(0);
/** An external broker may acknowledge a message before it retains it. */
const SETTLE_MS = 5_000;

/** Retains a message of the check's own on the topic, and reads it back as another subscriber; returns what that receives. */
export async function retain(
  testLab: TestLab,
  topic: string,
  { writer, reader }: RetainedRoles,
  payload: Buffer,
): Promise<Buffer> {
  await publishAs(testLab, { user: writer, version: 4, topic, payload, qos: 1, retain: true });
  return await settledRetained(testLab, topic, { reader }, [payload]);
}

/** The payload that a new subscriber receives, empty for none. Gives an external broker time to retain an expected one. */
export async function settledRetained(
  testLab: TestLab,
  topic: string,
  { reader }: Pick<RetainedRoles, 'reader'>,
  expected: readonly Buffer[],
): Promise<Buffer> {
  const until = performance.now() + (testLab.brokerKind === 'lab' ? 0 : SETTLE_MS);
  for (;;) {
    const seen = (await retainedOn(testLab, topic, reader))?.payload ?? NOTHING;
    if (expected.some((payload) => payload.equals(seen)) || performance.now() >= until) return seen;
  }
}

/** A retained message of the checks. `payload` is what was published, `stored` what a reader received. */
export type RetainedMessage = { readonly payload: Buffer; readonly stored: Buffer };
type Open = RetainedMessage & AsyncDisposable;
const messages = new WeakMap<TestLab, Map<string, Shared<Open>>>();

/** Lends a retained message on the topic to the checks that read it, and then restores the earlier one. */
export async function onRetainedMessage<T>(
  testLab: TestLab,
  topic: string,
  roles: RetainedRoles,
  work: (message: RetainedMessage) => Promise<T>,
): Promise<T> {
  const topics = messages.get(testLab) ?? new Map<string, Shared<Open>>();
  messages.set(testLab, topics);
  const message = topics.get(topic) ?? shared(() => openMessage(testLab, topic, roles));
  topics.set(topic, message);
  return await message(work);
}

async function openMessage(testLab: TestLab, topic: string, roles: RetainedRoles): Promise<Open> {
  const opened = deferred<RetainedMessage>();
  const over = deferred<void>();
  testLab.stopped.addEventListener('abort', () => over.resolve(), { once: true });
  const whole = withRetainedRestored(testLab, topic, roles, async () => {
    const payload = Buffer.from(`retained ${nonce()}`);
    opened.resolve({ payload, stored: await retain(testLab, topic, roles, payload) });
    await over.promise;
  });
  whole.catch(opened.reject);
  return {
    ...(await opened.promise),
    async [Symbol.asyncDispose]() {
      over.resolve();
      await whole;
    },
  };
}
