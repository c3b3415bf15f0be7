import test from 'ava';
import { deferred } from '../../../../base/deferred.ts';
import { setSlowness, slowness } from '../../../../base/slowness.ts';
import { BROKER, openPace } from '../../../../checks/harness/pace.ts';

const HERE = 'this machine';

/** Starts checks that run until `end`; `running` counts them. */
function manyChecks(pace: ReturnType<typeof openPace>, count: number, check: { host?: string; waits?: boolean } = {}) {
  const ends = Array.from({ length: count }, () => deferred<void>());
  let running = 0;
  const all = ends.map((end) =>
    pace.admit(check, async () => {
      running += 1;
      await end.promise;
      running -= 1;
    }),
  );
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    async running() {
      await settle();
      return running;
    },
    async end(from: number, to: number) {
      for (const end of ends.slice(from, to)) end.resolve();
      await settle();
    },
    all,
  };
}

test.serial('admits more checks with each fast login', async (t) => {
  t.teardown(() => setSlowness(1));
  const pace = openPace(HERE);
  const checks = manyChecks(pace, 300);
  const first = await checks.running();
  t.true(first > 20 && first < 300);
  for (let logins = 0; logins < 300; logins += 1) pace.sample(BROKER, performance.now());
  t.is(await checks.running(), 300);
  t.is(slowness(), 1);
  t.deepEqual(pace.report(), []);
  await checks.end(0, 300);
  await Promise.all(checks.all);
});

test.serial('halves the checks in flight when a login takes a second, and stretches bounds', async (t) => {
  t.teardown(() => setSlowness(1));
  const pace = openPace(HERE);
  const checks = manyChecks(pace, 100);
  const first = await checks.running();
  pace.sample(BROKER, performance.now() - 2_000);
  // began before the window shrank, so it says nothing of the new one
  pace.sample(BROKER, performance.now() - 2_000);
  await checks.end(0, first);
  t.is(await checks.running(), Math.floor(first / 2));
  t.true(slowness() >= 8);
  const [slow] = pace.report();
  t.is(slow?.atATime, Math.floor(first / 2));
  await checks.end(0, 100);
  await Promise.all(checks.all);
});

test.serial('a slow Pi holds back its own checks alone', async (t) => {
  t.teardown(() => setSlowness(1));
  const pace = openPace(HERE);
  for (let times = 0; times < 8; times += 1) pace.sample('pi', performance.now() - 3_000);
  const onPi = manyChecks(pace, 40, { host: 'pi' });
  const here = manyChecks(pace, 10);
  t.true((await onPi.running()) < 24);
  t.is(await here.running(), 10);
  await Promise.all([onPi.end(0, 40), here.end(0, 10)]);
  await onPi.end(0, 40);
  await Promise.all([...onPi.all, ...here.all]);
});

test.serial('a check that fails makes room', async (t) => {
  t.teardown(() => setSlowness(1));
  const pace = openPace(HERE);
  const failing = Array.from({ length: 100 }, () =>
    pace.admit({}, () => Promise.reject(new Error('lost'))).catch(() => 'failed'),
  );
  t.is(new Set(await Promise.all(failing)).size, 1);
});
