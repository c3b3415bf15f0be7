import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import mqttPacket, { type IPublishPacket, type Packet as Wire } from 'mqtt-packet';
import { mustPublish } from '../../../checks/harness/messages.ts';
import { openTestLab, type TestLab } from '../../../checks/harness/test-lab.ts';
import type { User } from '../../../lab-file/lab.ts';
import { type Answer, fakeBroker } from '../_fake-broker.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const lab = labOf(`${TWO_USERS}topics: { door: { publish: [sam], subscribe: [alice] } }`);
/** Clears what is retained. */
export const NOTHING = Buffer.alloc(0);

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

/** One message that a broker keeps, who changes it and who sees it. */
export type Fixture = {
  readonly testLab: TestLab;
  readonly stop: AbortController;
  readonly store: Store;
  readonly roles: TopicRoles;
  /** Where messages are kept meanwhile. */
  readonly folder: string;
};
type TopicRoles = { readonly writer: User; readonly reader: User };
type RunOptions = { readonly isDeaf?: boolean; readonly isExternal?: boolean; readonly serving?: () => Promise<void> };

export async function open(t: ExecutionContext, kept: string | undefined, options: RunOptions = {}): Promise<Fixture> {
  const { isDeaf = false, isExternal = false, serving } = options;
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
  return { testLab: openTestLab(live, stop.signal, { versions: [4] }), stop, store, roles: { writer, reader }, folder };
}

function message(payload: string): IPublishPacket {
  return { cmd: 'publish', topic: 'door', qos: 1, messageId: 9, dup: false, retain: true, payload };
}

/** Where what a run has kept is written down. */
export async function onlyFile({ folder }: Fixture): Promise<string> {
  const [name, ...more] = await readdir(folder);
  if (name === undefined || more.length > 0) throw new Error(`no single file: ${name} ${more}`);
  return path.join(folder, name);
}

export const replace = async ({ testLab, roles }: Fixture, payload: Buffer) => {
  await mustPublish(await testLab.raw(roles.writer), 'door', payload, { qos: 1, retain: true });
};
