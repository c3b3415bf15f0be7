import test from 'ava';
import { shared } from '../../../../checks/harness/shared.ts';

test('opens a shared resource once, and closes it after the last user, also after a failure', async (t) => {
  const log: string[] = [];
  const use = shared(async () => {
    log.push('open');
    return {
      async [Symbol.asyncDispose]() {
        log.push('close');
      },
    };
  });
  const outcomes = await Promise.allSettled([
    use(async () => log.push('a')),
    use(async () => Promise.reject(new Error('b'))),
  ]);
  t.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  await use(async () => log.push('c'));
  t.deepEqual(log, ['open', 'a', 'close', 'open', 'c', 'close']);
});
