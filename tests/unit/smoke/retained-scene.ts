import { readdir, stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import test from 'ava';
import { deferred } from '../../../provisioning/deferred.ts';
import { keepingRetained, retainedOn } from '../../smoke/retained/scene.ts';
import { allCleanedUp } from '../../smoke/support/clean-up.ts';
import { nonce } from '../../smoke/support/world.ts';
import { NOTHING, onlyFile, open, replace } from './_retained.ts';

for (const kept of ['locked', undefined]) {
  for (const payload of ['open', '']) {
    test(`${kept ?? 'nothing'} is there again after ${payload || 'clearing'}`, async (t) => {
      const scene = await open(t, kept);
      const { world, cast, store } = scene;
      await keepingRetained(world, 'door', cast, () => replace(scene, Buffer.from(payload && `${payload} ${nonce()}`)));
      t.is(store.retained?.payload.toString(), kept);
      t.is((await retainedOn(world, 'door', cast.reader))?.payload.toString(), kept);
    });
  }
}

test('what was retained is there again when the work fails, and its error is told', async (t) => {
  const scene = await open(t, 'locked');
  const work = keepingRetained(scene.world, 'door', scene.cast, async () => {
    await replace(scene, NOTHING);
    throw new Error('of the work');
  });
  await t.throwsAsync(work, { message: 'of the work' });
  t.is(scene.store.retained?.payload.toString(), 'locked');
});

test('what was retained is there again when the run is interrupted in between', async (t) => {
  const scene = await open(t, 'locked');
  const { world, cast, store, stop } = scene;
  const work = keepingRetained(world, 'door', cast, async () => {
    await replace(scene, NOTHING);
    const session = await world.raw(cast.writer);
    stop.abort();
    await session.barrier();
  });
  // its turn comes when the run is over
  const next = keepingRetained(world, 'door', cast, async () => t.fail());
  await t.throwsAsync(work);
  await t.throwsAsync(next, { any: true });
  await allCleanedUp();
  t.is(store.retained?.payload.toString(), 'locked');
});

test('two never change it at once', async (t) => {
  const scene = await open(t, undefined);
  const { world, cast } = scene;
  const seen = await Promise.all(
    ['one', 'two'].map((payload) =>
      keepingRetained(world, 'door', cast, async () => {
        await replace(scene, Buffer.from(`${payload} ${nonce()}`));
        return (await retainedOn(world, 'door', cast.reader))?.payload.toString().split(' ')[0];
      }),
    ),
  );
  t.deepEqual(seen, ['one', 'two']);
});

test('nothing is touched where the reader does not receive what is published', async (t) => {
  const scene = await open(t, 'locked', { isDeaf: true });
  const work = keepingRetained(scene.world, 'door', scene.cast, async () => t.fail());
  await t.throwsAsync(work, { message: /stays untouched/ });
  t.is(scene.store.retained?.payload.toString(), 'locked');
});

test('what could not be restored is in a private file, which its error names, and is restored by the next work', async (t) => {
  const scene = await open(t, 'locked');
  const { world, cast, store } = scene;
  const work = keepingRetained(world, 'door', cast, async () => {
    await replace(scene, NOTHING);
    store.isDeaf = true;
  });
  const error = await t.throwsAsync(work);
  const file = await onlyFile(scene);
  t.true(error.message.includes(file));
  t.notRegex(error.message, /locked|bG9ja2Vk/);
  t.is((await stat(file)).mode & 0o777, 0o600);
  t.is((await stat(scene.folder)).mode & 0o777, 0o700);
  store.isDeaf = false;
  await keepingRetained(world, 'door', cast, async () => t.is(store.retained?.payload.toString(), 'locked'));
  t.deepEqual(await readdir(scene.folder), []);
});

test('what a broker serves late is kept, and is there again', async (t) => {
  const scene = await open(t, 'locked', { isExternal: true, serving: () => setTimeout(700) });
  await keepingRetained(scene.world, 'door', scene.cast, () => replace(scene, Buffer.from(`ours ${nonce()}`)));
  t.is(scene.store.retained?.payload.toString(), 'locked');
});

test('what a broker serves later than anybody waits for is there again where it comes before the end', async (t) => {
  const serving = deferred<void>();
  const scene = await open(t, 'locked', { isExternal: true, serving: () => serving.promise });
  const { world, cast, store } = scene;
  await keepingRetained(world, 'door', cast, async () => {
    serving.resolve();
    await replace(scene, Buffer.from(`ours ${nonce()}`));
  });
  t.is(store.retained?.payload.toString(), 'locked');
});

for (const isExternal of [false, true]) {
  test(`what a device has set meanwhile stays, on ${isExternal ? 'an external broker' : "the lab's broker"}`, async (t) => {
    const scene = await open(t, 'locked', { isExternal });
    const { world, cast, store } = scene;
    await keepingRetained(world, 'door', cast, async () => {
      await replace(scene, Buffer.from(`ours ${nonce()}`));
      await replace(scene, Buffer.from('open'));
    });
    t.is(store.retained?.payload.toString(), 'open');
    await keepingRetained(world, 'door', cast, () => replace(scene, Buffer.from(`ours ${nonce()}`)));
    t.is(store.retained?.payload.toString(), 'open');
  });
}
