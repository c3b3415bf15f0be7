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

test('gives the last user the error of closing', async (t) => {
  const use = shared(async () => ({ [Symbol.asyncDispose]: () => Promise.reject(new Error('not closed')) }));
  const first = use(async () => 'first');
  const last = use(async () => await new Promise((resolve) => setImmediate(resolve)));
  t.is(await first, 'first');
  await t.throwsAsync(last, { message: 'not closed' });
});
