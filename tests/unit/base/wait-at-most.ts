import test from 'ava';
import { setSlowness } from '../../../base/slowness.ts';
import { waitAtMost } from '../../../base/wait-at-most.ts';

test('waits for the end of work, also of work that fails', async (t) => {
  await waitAtMost(60_000, Promise.resolve(1));
  await waitAtMost(60_000, Promise.reject(new Error('failed')));
  t.pass();
});

test.serial('ends after the limit, on a slow machine as well', async (t) => {
  t.teardown(() => setSlowness(1));
  setSlowness(10);
  const begun = performance.now();
  await waitAtMost(50, new Promise(() => undefined));
  t.true(performance.now() - begun < 450);
});
