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

test.serial('shortens a bound again when the slowness falls', async (t) => {
  t.teardown(() => setSlowness(1));
  setSlowness(10);
  // 2 s by the slowness at its start
  const passed = new Promise<string>((resolve) => {
    startBound(200, () => resolve('the bound'));
  });
  setSlowness(1);
  // due after the bound's next look, also on a machine that runs both late
  const later = new Promise<string>((resolve) => {
    setTimeout(() => resolve('the end of 2 s'), 1_900);
  });
  t.is(await Promise.race([passed, later]), 'the bound');
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
