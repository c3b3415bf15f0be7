import { setInterval } from 'node:timers';
import type { User } from '../../../lab-file/lab.ts';
import { nonce } from '../../harness/messages.ts';
import { type Shared, shared } from '../../harness/shared.ts';
import type { TestLab } from '../../harness/test-lab.ts';

export const EVERY_MS = 1_000;

/** A publisher on this machine that sends all receiving clients one message a second. */
export function sharedTicker(testLab: TestLab, user: User, topic: string, qos: 0 | 1): Shared<AsyncDisposable> {
  return shared(async () => {
    const text = `tick ${nonce()}`;
    const session = await testLab.login(user);
    let count = 0;
    const timer = setInterval(() => {
      session.publish(topic, Buffer.from(`${text} ${count}`), { qos }).catch(() => undefined);
      count += 1;
    }, EVERY_MS);
    return {
      async [Symbol.asyncDispose]() {
        clearInterval(timer);
        await session.close();
      },
    };
  });
}
