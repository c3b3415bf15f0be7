import { createServer, type Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import { covers } from '../../../base/topic.ts';
import { filterFor } from '../../../lab-file/may.ts';
import { ALL } from '../../../lab-file/rights.ts';
import type { Packet } from '../../../probes/mqtt/packet.ts';
import { countInFlight, watchSocket } from './in-flight.ts';

type Topic = {
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
  readonly lastWill?: readonly string[];
  readonly deny?: readonly string[];
};

/** What a lab file says of users and topics. */
export type Rights = {
  readonly users: Readonly<Record<string, { readonly password: string }>>;
  readonly topics: Readonly<Record<string, Topic>>;
};

/** A mistake in the broker's set-up that a check has to find. */
export type Hole =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'any password' }
  | { readonly kind: 'may publish' | 'may subscribe'; readonly user: string; readonly topic: string };

/** Disposing of it ends every connection. */
export type AedesBroker = AsyncDisposable & {
  readonly port: number;
  /** The most messages that one client had under way to the broker at once. */
  readonly mostInFlight: () => number;
};

/**
 * What the standard leaves open. `refuses`: a denied subscription is refused with 0x80, a denied publication closes the connection. `filters`: both are
 * acknowledged, and nothing comes of them; a login is refused with CONNACK 4, no more than QoS 1 is granted, and every answer takes its time.
 */
export type Style = 'refuses' | 'filters';

const LATENCY_MS = 20;
/** Where a denied publication goes; nobody may read it. */
const NOWHERE = 'denied';

/** aedes on a free port of 127.0.0.1, with the rights of a lab file; the right to leave a last will is one of its own. */
export async function openAedes(rights: Rights, style: Style, holes: readonly Hole[] = []): Promise<AedesBroker> {
  const users = new WeakMap<Client, string>();
  const may = (client: Client | null, action: 'publish' | 'subscribe' | 'lastWill', topic: string) => {
    const user = client === null ? undefined : users.get(client);
    if (user === undefined) return false;
    const isHole = (hole: Hole) =>
      'topic' in hole && hole.kind === `may ${action}` && hole.user === user && hole.topic === topic;
    if (holes.some(isHole)) return true;
    const covering = Object.entries(rights.topics).filter(([filter]) => {
      const own = filterFor(filter, { user, clientId: client?.id });
      return own !== undefined && covers(own, topic);
    });
    const names = (list: readonly string[] = []) => list.includes(user) || list.includes(ALL);
    return !covering.some(([, { deny }]) => names(deny)) && covering.some(([, given]) => names(given[action]));
  };
  const isKnown = (user: string | undefined, password: string | undefined) => {
    const known = user === undefined ? undefined : rights.users[user];
    const isOpen = (kind: Hole['kind']) => holes.some((hole) => hole.kind === kind);
    if (known === undefined) return user === undefined && isOpen('anonymous');
    return password === known.password || isOpen('any password');
  };
  const inItsTime = (answer: () => void) => (style === 'filters' ? void setTimeout(answer, LATENCY_MS) : answer());
  const broker = await Aedes.createBroker({
    authenticate(client, user, password, done) {
      const isIn = isKnown(user, password?.toString());
      if (isIn) users.set(client, user ?? 'nobody');
      const refusal = !isIn && style === 'filters' ? Object.assign(new Error('refused'), { returnCode: 4 }) : null;
      inItsTime(() => done(refusal, isIn));
    },
    authorizePublish(client, packet, done) {
      // a last will is authorised when its owner's connection is closed already
      const isAllowed = may(client, client?.closed === true ? 'lastWill' : 'publish', packet.topic);
      if (!isAllowed && style === 'filters') packet.topic = NOWHERE;
      inItsTime(() => done(isAllowed || style === 'filters' ? null : new Error('denied')));
    },
    authorizeSubscribe(client, subscription, done) {
      done(null, style === 'filters' || may(client, 'subscribe', subscription.topic) ? subscription : null);
    },
    authorizeForward: (client, packet) => (may(client, 'subscribe', packet.topic) ? packet : null),
  });
  const sockets = new Set<Socket>();
  let most = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    const inFlight = countInFlight();
    const onPacket = (packet: Packet) => {
      inFlight.take(packet);
      most = Math.max(most, inFlight.most());
    };
    watchSocket(socket, onPacket, style === 'filters' ? lowered : undefined);
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    mostInFlight: () => most,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await new Promise<void>((resolve) => broker.close(() => resolve()));
    },
  };
}

/** A SUBSCRIBE of one filter, asking for QoS 1 in place of 2: aedes would grant what was asked for, whatever its hook says. */
function lowered(chunk: Buffer): Buffer {
  const isSubscribe = chunk[0] === 0x82 && chunk.length === 2 + (chunk[1] ?? 0);
  return isSubscribe && chunk.at(-1) === 2 ? Buffer.concat([chunk.subarray(0, -1), Buffer.from([1])]) : chunk;
}
