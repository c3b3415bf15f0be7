import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { resetConnection } from '../../../probes/mqtt/reset.ts';
import { openFramer } from './framer.ts';
import type { Alteration, Link, Passed } from './link.ts';

export type Place = { readonly address: string; readonly port: number };

/** Stands between clients and a broker. Disposing of it ends every connection. */
export type Proxy = AsyncDisposable & {
  /** Where it listens, in the order of the requested addresses. */
  readonly places: readonly Place[];
};

/**
 * Listens on a port of each address and forwards every connection to the broker, with its control packets altered.
 * It also forwards the end of a connection: FIN as FIN, RST as RST.
 */
export async function openProxy(addresses: readonly string[], broker: Place, alter: Alteration): Promise<Proxy> {
  const links = new Set<OpenLink>();
  const take = (client: Socket) => {
    const link = openLink(client, broker, alter, () => [...links].filter((other) => other !== link));
    links.add(link);
    link.ended.then(() => links.delete(link));
  };
  const servers = addresses.map((address) => ({
    address,
    server: createServer({ allowHalfOpen: true, noDelay: true }, take),
  }));
  await Promise.all(
    servers.map(async ({ address, server }) => await once(server.listen({ host: address, port: 0 }), 'listening')),
  );
  return {
    places: servers.map(({ address, server }) => ({ address, port: portOf(server.address()) })),
    async [Symbol.asyncDispose]() {
      const closed = servers.map(({ server }) => new Promise((resolve) => server.close(resolve)));
      for (const link of links) link.destroy();
      await Promise.all(closed);
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return address.port;
}

type OpenLink = Link & { readonly ended: Promise<void>; destroy(): void };

function openLink(client: Socket, { address, port }: Place, alter: Alteration, others: () => OpenLink[]): OpenLink {
  const broker = createConnection({ host: address, port, allowHalfOpen: true, noDelay: true });
  const timers = new Set<NodeJS.Timeout>();
  const framers = { toBroker: openFramer(), toClient: openFramer() };
  let connect: Link['connect'];
  let hidesEnd = false;
  let isOver = false;
  const send = (socket: Socket, packet: Packet) => {
    if (socket.writable) socket.write(mqttPacket.generate(packet, { protocolVersion: link.version }));
  };
  const destroy = () => {
    isOver = true;
    for (const timer of timers) clearTimeout(timer);
    client.destroy();
    broker.destroy();
  };
  const link: OpenLink = {
    get version() {
      return connect?.protocolVersion === 5 ? 5 : 4;
    },
    get connect() {
      return connect;
    },
    others,
    sendToClient: (packet) => send(client, packet),
    sendToBroker: (packet) => send(broker, packet),
    later(ms, work) {
      if (isOver) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, ms);
      timers.add(timer);
    },
    hideBrokersEnd() {
      hidesEnd = true;
    },
    ended: Promise.all([client, broker].map((socket) => new Promise((resolve) => socket.once('close', resolve)))).then(
      () => undefined,
    ),
    destroy,
  };
  const alterer = alter(link);
  const pass = (direction: 'toBroker' | 'toClient', to: Socket, chunk: Buffer) => {
    for (const { bytes, packet } of framers[direction].take(chunk, link.version)) {
      if (packet?.cmd === 'connect') connect = packet;
      const passed: Passed = packet === undefined ? undefined : alterer[direction]?.(packet);
      if (passed === undefined) to.write(bytes);
      else for (const other of passed) send(to, other);
    }
  };
  const forward = (direction: 'toBroker' | 'toClient', from: Socket, to: Socket, isHidden: () => boolean) => {
    from.on('data', (chunk: Buffer) => {
      if (to.writable) pass(direction, to, chunk);
    });
    from.on('end', () => {
      if (isHidden()) return;
      to.end(framers[direction].rest());
      // the client's socket, which stays open, will not answer the broker's FIN
      if (hidesEnd) from.end();
    });
    from.on('error', () => {
      if (!isHidden()) resetConnection(to);
    });
    from.on('close', (hadError) => {
      if (!hadError && !isHidden() && !to.writableEnded) to.destroy();
    });
  };
  forward('toBroker', client, broker, () => false);
  forward('toClient', broker, client, () => hidesEnd);
  client.on('close', destroy);
  return link;
}
