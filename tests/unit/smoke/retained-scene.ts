import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import mqttPacket, { type IPublishPacket, type Packet as Wire } from 'mqtt-packet';
import { deferred } from '../../../provisioning/deferred.ts';
import type { User } from '../../../provisioning/lab-file/lab.ts';
import { keepingRetained, retainedOn } from '../../smoke/retained/scene.ts';
import { allCleanedUp } from '../../smoke/support/clean-up.ts';
import { mustPublish } from '../../smoke/support/must-publish.ts';
import { PROCESS_MARK } from '../../smoke/support/nonce.ts';
import { nonce, openWorld, type World } from '../../smoke/support/world.ts';
import { type Answer, fakeBroker } from '../_fake-broker.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const lab = labOf(`${TWO_USERS}topics: { door: { publish: [sam], subscribe: [alice] } }`);
const NOTHING = Buffer.alloc(0);
const ABSENT = 4_194_304;

type Store = {
  retained: IPublishPacket | undefined;
  isDeaf: boolean;
  publishes: number;
  /** When a new subscription is served what is retained as it subscribes. */
  readonly serving: (() => Promise<void>) | undefined;
};

/** A broker that keeps one message, and, where it is deaf, sends its subscribers nothing. */
function keeping(store: Store): Answer {
  const subscribers = new Set<Socket>();
  return (packet, socket) => {
    const send = (to: Socket, answer: Wire) => void to.write(mqttPacket.generate(answer));
    if (packet.cmd === 'connect') send(socket, { cmd: 'connack', returnCode: 0, sessionPresent: false });
    if (packet.cmd === 'pingreq') send(socket, { cmd: 'pingresp' });
    if (packet.cmd === 'disconnect') socket.end();
    if (packet.cmd === 'subscribe') {
      subscribers.add(socket);
      socket.on('close', () => subscribers.delete(socket));
      send(socket, { cmd: 'suback', messageId: packet.messageId ?? 1, granted: [2] });
      const { retained } = store;
      if (retained === undefined || store.isDeaf) return;
      const serve = () => send(socket, { ...retained, retain: true });
      if (store.serving === undefined) serve();
      else void store.serving().then(serve);
    }
    if (packet.cmd !== 'publish') return;
    store.publishes += 1;
    if (packet.retain) store.retained = packet.payload.length === 0 ? undefined : packet;
    if (!store.isDeaf) for (const subscriber of subscribers) send(subscriber, { ...packet, retain: false });
    if (packet.qos === 1) send(socket, { cmd: 'puback', messageId: packet.messageId ?? 1 });
  };
}

type Scene = {
  readonly world: World;
  readonly stop: AbortController;
  readonly store: Store;
  readonly cast: Cast;
  /** Where messages are kept meanwhile. */
  readonly folder: string;
};
type Cast = { readonly writer: User; readonly reader: User };
type Wish = { readonly isDeaf?: boolean; readonly isExternal?: boolean; readonly serving?: () => Promise<void> };

async function open(t: ExecutionContext, kept: string | undefined, wish: Wish = {}): Promise<Scene> {
  const { isDeaf = false, isExternal = false, serving } = wish;
  const [writer, reader] = lab.users;
  if (writer === undefined || reader === undefined) throw new Error('no users');
  const store: Store = { retained: kept === undefined ? undefined : message(kept), isDeaf, publishes: 0, serving };
  const stop = new AbortController();
  // a host of its own makes it the lab's broker
  const host = isExternal ? undefined : ({ kind: 'local' } as const);
  const broker = { ...(await fakeBroker(t, keeping(store))), host, version: undefined };
  const directory = await mkdtemp(path.join(tmpdir(), 'retained-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const live = { lab: { ...lab, directory }, broker, pis: [] };
  const folder = path.join(directory, '.lab', 'retained');
  return { world: openWorld(live, stop.signal, [4]), stop, store, cast: { writer, reader }, folder };
}

function message(payload: string): IPublishPacket {
  return { cmd: 'publish', topic: 'door', qos: 1, messageId: 9, dup: false, retain: true, payload };
}

async function onlyFile({ folder }: Scene): Promise<string> {
  const [name, ...more] = await readdir(folder);
  if (name === undefined || more.length > 0) throw new Error(`no single file: ${name} ${more}`);
  return path.join(folder, name);
}

const replace = async ({ world, cast }: Scene, payload: Buffer) => {
  await mustPublish(await world.raw(cast.writer), 'door', payload, { qos: 1, retain: true });
};

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
