import { setInterval } from 'node:timers';
import type { LivePi } from '../../../deployment/live-lab.ts';
import type { User } from '../../../lab-file/lab.ts';
import { type ConnectionCounters, watchConnections } from '../../../probes/network/connection-counters.ts';
import { nonce, type TestLab } from '../../harness/test-lab.ts';

/** Hands one thing out to whoever uses it at the same time; the last one closes it. */
export type Shared<T> = <R>(work: (thing: T) => Promise<R>) => Promise<R>;

export function shared<T extends AsyncDisposable>(open: () => Promise<T>): Shared<T> {
  let current: { readonly thing: Promise<T>; users: number } | undefined;
  return async (work) => {
    const mine = current ?? { thing: open(), users: 0 };
    current = mine;
    mine.users += 1;
    try {
      return await work(await mine.thing);
    } finally {
      mine.users -= 1;
      if (mine.users === 0) {
        current = undefined;
        await mine.thing.then((thing) => thing[Symbol.asyncDispose]()).catch(() => undefined);
      }
    }
  };
}

/** Longer than any check that looks at them. */
const COUNTERS_BOUND_MS = 300_000;

/** The kernel's counters of all connections of a Pi to the broker. */
export function sharedCounters(testLab: TestLab, pi: LivePi, lane: string): Shared<ConnectionCounters> {
  return shared(async () => {
    const host = await testLab.host(pi.name, pi.host, lane);
    return await watchConnections(host, pi.broker.port, { boundMs: COUNTERS_BOUND_MS, signal: testLab.stopped });
  });
}

export const EVERY_MS = 1_000;

/** A publisher on this machine, one message a second, for all that receive. */
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
