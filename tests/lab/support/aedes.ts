import { createServer, type Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import { countInFlight, watchSocket } from './in-flight.ts';

type Topic = {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  readonly lastWill?: readonly string[];
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
  | {
      readonly kind: 'may publish' | 'may subscribe' | 'may not publish' | 'may not subscribe';
      readonly user: string;
      readonly topic: string;
    };

/** Disposing of it ends every connection. */
export type AedesBroker = AsyncDisposable & {
  readonly port: number;
  /** The most messages that one client had under way to the broker at once. */
  readonly mostInFlight: () => number;
};

/**
 * aedes on a free port of 127.0.0.1, with the rights of a lab file: a denied subscription is refused with 0x80, a denied publication closes the
 * connection, and the right to leave a last will is one of its own.
 */
export async function openAedes(rights: Rights, hole?: Hole): Promise<AedesBroker> {
  const users = new WeakMap<Client, string>();
  const may = (client: Client | null, action: 'publish' | 'subscribe' | 'lastWill', topic: string) => {
    const user = client === null ? undefined : users.get(client);
    if (user === undefined) return false;
    if (hole !== undefined && 'topic' in hole && hole.user === user && hole.topic === topic) {
      if (hole.kind === `may ${action}`) return true;
      if (hole.kind === `may not ${action}`) return false;
    }
    return rights.topics[topic]?.[action]?.includes(user) ?? false;
  };
  const broker = await Aedes.createBroker({
    authenticate(client, user, password, done) {
      const known = user === undefined ? undefined : rights.users[user];
      const isIn =
        known === undefined
          ? hole?.kind === 'anonymous' && user === undefined
          : hole?.kind === 'any password' || password?.toString() === known.password;
      if (isIn) users.set(client, user ?? 'nobody');
      done(null, isIn);
    },
    authorizePublish(client, { topic }, done) {
      // a last will is authorised when its owner's connection is closed already
      const isWill = client?.closed === true;
      done(may(client, isWill ? 'lastWill' : 'publish', topic) ? null : new Error(`denied: ${topic}`));
    },
    authorizeSubscribe: (client, subscription, done) =>
      done(null, may(client, 'subscribe', subscription.topic) ? subscription : null),
    authorizeForward: (client, packet) => (may(client, 'subscribe', packet.topic) ? packet : null),
  });
  const sockets = new Set<Socket>();
  let most = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    const inFlight = countInFlight();
    watchSocket(socket, (packet) => {
      inFlight.take(packet);
      most = Math.max(most, inFlight.most());
    });
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
