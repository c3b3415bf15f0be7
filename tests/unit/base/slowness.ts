import { performance } from 'node:perf_hooks';
import test from 'ava';
import { setSlowness, slowness, startBound, stretchedSeconds } from '../../../base/slowness.ts';

test.serial('stretches a bound by the slowness that is measured while it runs', async (t) => {
  t.teardown(() => setSlowness(1));
  const begun = performance.now();
  const passed = new Promise<number>((resolve) => {
    startBound(20, () => resolve(performance.now() - begun));
  });
  setSlowness(5);
  t.true((await passed) >= 98);
});

test.serial('keeps the factor between 1 and 10', (t) => {
  t.teardown(() => setSlowness(1));
  for (const [measured, factor] of [
    [0.1, 1],
    [4, 4],
    [99, 10],
  ] as const) {
    setSlowness(measured);
    t.is(slowness(), factor);
    t.is(stretchedSeconds(1_000), factor);
  }
});

test.serial('a renewed bound counts from then, a closed one never passes', async (t) => {
  t.teardown(() => setSlowness(1));
  const begun = performance.now();
  const passed: number[] = [];
  const renewed = startBound(60, () => passed.push(performance.now() - begun));
  const closed = startBound(10, () => t.fail('passed although closed'));
  closed.close();
  await new Promise((resolve) => setTimeout(resolve, 30));
  renewed.renew();
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.is(passed.length, 1);
  t.true((passed[0] ?? 0) >= 88);
});
