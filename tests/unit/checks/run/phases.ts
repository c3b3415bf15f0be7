import test from 'ava';
import { deferred } from '../../../../base/deferred.ts';
import { openPhases } from '../../../../checks/run/phases.ts';

test('starts loads after the quick checks, and disruptive checks last, one at a time', async (t) => {
  const checks = [
    { scope: 'disruptive' },
    { scope: 'disruptive' },
    { scope: 'default', isLoad: true },
    { scope: 'default' },
    {},
  ] as const;
  const [first, second, load, long, quick] = checks;
  const ends = new Map(checks.map((check) => [check, deferred<void>()]));
  const begun: unknown[] = [];
  const inItsPhase = openPhases(checks);
  const runs = checks.map((check) =>
    inItsPhase(check, async () => {
      begun.push(check);
      await ends.get(check)?.promise;
    }),
  );
  const after = async (check: (typeof checks)[number], index: number) => {
    ends.get(check)?.resolve();
    await runs[index];
    await new Promise((resolve) => setImmediate(resolve));
  };
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(begun, [long, quick]);
  await after(quick, 4);
  t.deepEqual(begun.slice(2), [load]);
  await after(load, 2);
  t.is(begun.length, 3);
  await after(long, 3);
  t.deepEqual(begun.slice(3), [first]);
  await after(first, 0);
  t.deepEqual(begun.slice(4), [second]);
  await after(second, 1);
});

test('starts a load at once without quick checks, and counts a failed check as done', async (t) => {
  const checks = [{ scope: 'default', isLoad: true }, { scope: 'disruptive' }] as const;
  const inItsPhase = openPhases(checks);
  const [load, last] = checks;
  const disruptive = inItsPhase(last, async () => 'after');
  await t.throwsAsync(
    inItsPhase(load, () => Promise.reject(new Error('lost'))),
    { message: 'lost' },
  );
  t.is(await disruptive, 'after');
});

test('starts waiting checks at once, the others a moment later', async (t) => {
  const [waiting, quick] = [{ waits: true }, {}] as const;
  const inItsPhase = openPhases([quick, waiting]);
  const begun: unknown[] = [];
  const runs = [quick, waiting].map((check) => inItsPhase(check, async () => begun.push(check)));
  await runs[1];
  t.deepEqual(begun, [waiting]);
  await runs[0];
  t.deepEqual(begun, [waiting, quick]);
});
