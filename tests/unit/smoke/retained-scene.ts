import type { Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import mqttPacket, { type IPublishPacket, type Packet as Wire } from 'mqtt-packet';
import type { User } from '../../../provisioning/lab-file/lab.ts';
import { allCleanedUp } from '../../smoke/support/clean-up.ts';
import { mustPublish } from '../../smoke/support/must-publish.ts';
import { keepingRetained, retainedOn } from '../../smoke/support/retained-scene.ts';
import { openWorld, type World } from '../../smoke/support/world.ts';
import { type Answer, fakeBroker } from '../_fake-broker.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const lab = labOf(`${TWO_USERS}topics: { door: { publish: [sam], subscribe: [alice] } }`);
const NOTHING = Buffer.alloc(0);

type Store = { retained: IPublishPacket | undefined; isDeaf: boolean; publishes: number };

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
      if (store.retained !== undefined && !store.isDeaf) send(socket, { ...store.retained, retain: true });
    }
    if (packet.cmd !== 'publish') return;
    store.publishes += 1;
    if (packet.retain) store.retained = packet.payload.length === 0 ? undefined : packet;
    if (!store.isDeaf) for (const subscriber of subscribers) send(subscriber, { ...packet, retain: false });
    if (packet.qos === 1) send(socket, { cmd: 'puback', messageId: packet.messageId ?? 1 });
  };
}

type Scene = { readonly world: World; readonly stop: AbortController; readonly store: Store; readonly cast: Cast };
type Cast = { readonly writer: User; readonly reader: User };

async function open(t: ExecutionContext, kept: string | undefined, isDeaf = false): Promise<Scene> {
  const [writer, reader] = lab.users;
  if (writer === undefined || reader === undefined) throw new Error('no users');
  const message = { cmd: 'publish', topic: 'door', qos: 1, messageId: 9, dup: false, retain: true } as const;
  const retained = kept === undefined ? undefined : { ...message, payload: Buffer.from(kept) };
  const store: Store = { retained, isDeaf, publishes: 0 };
  const stop = new AbortController();
  // a host of its own makes it the lab's broker
  const broker = { ...(await fakeBroker(t, keeping(store))), host: { kind: 'local' }, version: undefined } as const;
  return { world: openWorld({ lab, broker, pis: [] }, stop.signal, [4]), stop, store, cast: { writer, reader } };
}

const replace = async ({ world, cast }: Scene, payload: Buffer) => {
  await mustPublish(await world.raw(cast.writer), 'door', payload, { qos: 1, retain: true });
};

for (const kept of ['locked', undefined]) {
  for (const payload of ['open', '']) {
    test(`${kept ?? 'nothing'} is there again after ${payload || 'clearing'}`, async (t) => {
      const scene = await open(t, kept);
      const { world, cast, store } = scene;
      await keepingRetained(world, 'door', cast, () => replace(scene, Buffer.from(payload)));
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
        await replace(scene, Buffer.from(payload));
        return (await retainedOn(world, 'door', cast.reader))?.payload.toString();
      }),
    ),
  );
  t.deepEqual(seen, ['one', 'two']);
});

test('nothing is touched where the reader does not receive what is published', async (t) => {
  const scene = await open(t, 'locked', true);
  const work = keepingRetained(scene.world, 'door', scene.cast, async () => t.fail());
  await t.throwsAsync(work, { message: /stays untouched/ });
  t.is(scene.store.retained?.payload.toString(), 'locked');
});

test('what could not be restored is told, bytes and all', async (t) => {
  const scene = await open(t, 'locked');
  const work = keepingRetained(scene.world, 'door', scene.cast, async () => {
    await replace(scene, NOTHING);
    scene.store.isDeaf = true;
  });
  await t.throwsAsync(work, { message: /retained there before was "locked" at QoS 1 \(base64 bG9ja2Vk\)/ });
});
