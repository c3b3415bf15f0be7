import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import mqttPacket, { type IPublishPacket, type Packet as Wire } from 'mqtt-packet';
import type { RetainedRoles } from '../../../checks/fixtures/retained-read.ts';
import { mustPublish } from '../../../checks/harness/messages.ts';
import { openTestLab, type TestLab } from '../../../checks/harness/test-lab.ts';
import { type Answer, fakeBroker } from '../_fake-broker.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { liveBrokerAt } from '../_live.ts';

const lab = labOf(`${TWO_USERS}topics: { door: { publish: [sam], subscribe: [alice] } }`);
/** The payload that clears a retained message. */
export const CLEAR = Buffer.alloc(0);

type Store = {
  retained: IPublishPacket | undefined;
  /** The broker sends nothing to its subscribers. */
  isDeaf: boolean;
  publishes: number;
  /** Delays the retained message for a new subscription. */
  readonly serving: (() => Promise<void>) | undefined;
};

/** A broker with one topic. */
function brokerOf(store: Store): Answer {
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

/** A topic on a fake broker, with a writer and a reader. */
export type Fixture = {
  readonly testLab: TestLab;
  readonly stop: AbortController;
  readonly store: Store;
  readonly roles: RetainedRoles;
  /** The folder of backups. */
  readonly folder: string;
};
type FixtureOptions = {
  readonly isDeaf?: boolean;
  readonly isExternal?: boolean;
  readonly serving?: () => Promise<void>;
};

export async function openFixture(
  t: ExecutionContext,
  original: string | undefined,
  options: FixtureOptions = {},
): Promise<Fixture> {
  const { isDeaf = false, isExternal = false, serving } = options;
  const [writer, reader] = lab.users;
  if (writer === undefined || reader === undefined) throw new Error('no users');
  const store: Store = {
    retained: original === undefined ? undefined : message(original),
    isDeaf,
    publishes: 0,
    serving,
  };
  const stop = new AbortController();
  // only the lab's own broker has a host
  const host = isExternal ? undefined : ({ kind: 'local' } as const);
  const broker = liveBrokerAt(await fakeBroker(t, brokerOf(store)), { host });
  const directory = await mkdtemp(path.join(tmpdir(), 'retained-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const live = { lab: { ...lab, directory }, broker, pis: [] };
  const folder = path.join(directory, '.lab', 'retained');
  return { testLab: openTestLab(live, stop.signal, { versions: [4] }), stop, store, roles: { writer, reader }, folder };
}

function message(payload: string): IPublishPacket {
  return { cmd: 'publish', topic: 'door', qos: 1, messageId: 9, dup: false, retain: true, payload };
}

/** The backup of the run. */
export async function onlyFile({ folder }: Fixture): Promise<string> {
  const [name, ...more] = await readdir(folder);
  if (name === undefined || more.length > 0) throw new Error(`no single file: ${name} ${more}`);
  return path.join(folder, name);
}

export const publishRetained = async ({ testLab, roles }: Fixture, payload: Buffer) => {
  await mustPublish(await testLab.raw(roles.writer), 'door', payload, { qos: 1, retain: true });
};
