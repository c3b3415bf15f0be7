import { readdir, readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { keepingRetained } from '../../smoke/retained/scene.ts';
import { PROCESS_MARK } from '../../smoke/support/nonce.ts';
import { nonce } from '../../smoke/support/world.ts';
import { onlyFile, open, replace, type Scene } from './_retained.ts';

/** No process has this id. */
const ABSENT = 4_194_304;

/** The content of a file that a run with the mark abcdef0 left behind. */
const noteOf = (pid: number, kept: object | null | undefined, at = Date.now()) =>
  JSON.stringify({ pid, at, mark: 'abcdef0', topic: 'door', kept });
const LOCKED = { payload: Buffer.from('locked').toString('base64'), qos: 1 };

async function interrupted(t: ExecutionContext, there: string | undefined, content: string): Promise<Scene> {
  const scene = await open(t, there);
  const { world, cast, store } = scene;
  let file = '';
  await keepingRetained(world, 'door', cast, async () => {
    file = await onlyFile(scene);
  });
  await writeFile(file, content);
  store.publishes = 0;
  return scene;
}

/** [what is there now; what the run that was killed had kept; what is there when the next work begins] */
const killed: readonly (readonly [
  there: string | undefined,
  kept: object | null | undefined,
  then: string | undefined,
])[] = [
  ['ours 00001abcdef0', LOCKED, 'locked'],
  [undefined, LOCKED, 'locked'],
  ['locked', LOCKED, 'locked'],
  ['open', LOCKED, 'open'],
  ['ours 00001abcdef0', null, undefined],
  ['open', null, 'open'],
  ['open', undefined, 'open'],
];

for (const [there, kept, then] of killed) {
  const was = kept === undefined ? 'nothing touched' : kept === null ? 'nothing kept' : 'locked kept';
  test(`a run was killed, ${was} and ${there ?? 'nothing'} there: ${then ?? 'nothing'} is restored`, async (t) => {
    const scene = await interrupted(t, there, noteOf(ABSENT, kept));
    const { world, cast, store, folder } = scene;
    await keepingRetained(world, 'door', cast, async () => {
      t.is(store.retained?.payload.toString(), then);
      t.true((await readFile(await onlyFile(scene), 'utf8')).includes(PROCESS_MARK));
      await replace(scene, Buffer.from(`ours ${nonce()}`));
    });
    t.is(store.retained?.payload.toString(), then);
    t.deepEqual(await readdir(folder), []);
  });
}

for (const [name, content, reason] of [
  ['of a run that is under way', noteOf(process.ppid, LOCKED), /another run \(process \d+\) is changing it/],
  ['that nobody can read', '{', /can't be read/],
] as const) {
  test(`a file ${name}: nothing is touched, and the file stays`, async (t) => {
    const scene = await interrupted(t, 'locked', content);
    const work = keepingRetained(scene.world, 'door', scene.cast, async () => t.fail());
    await t.throwsAsync(work, { message: reason });
    t.is(scene.store.publishes, 0);
    t.is(await readFile(await onlyFile(scene), 'utf8'), content);
  });
}

test('a file of a process that had the same id long ago is of a run that was killed', async (t) => {
  const { world, cast, store } = await interrupted(t, undefined, noteOf(process.ppid, LOCKED, Date.now() - 3_600_000));
  await keepingRetained(world, 'door', cast, async () => t.is(store.retained?.payload.toString(), 'locked'));
});

test('what a run has kept is written down before its work begins', async (t) => {
  const scene = await open(t, 'locked');
  await keepingRetained(scene.world, 'door', scene.cast, async () => {
    t.is(JSON.parse(await readFile(await onlyFile(scene), 'utf8')).kept.payload, LOCKED.payload);
  });
  t.deepEqual(await readdir(scene.folder), []);
});
