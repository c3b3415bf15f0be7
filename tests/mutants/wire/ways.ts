import type { IPublishPacket, Packet } from 'mqtt-packet';
import { covers } from '../../../base/topic.ts';
import type { Lab } from '../../../lab-file/lab.ts';
import { may, writes } from '../../../lab-file/may.ts';
import type { WireMutant } from '../mutant.ts';
import type { Alteration, Link } from '../proxy/link.ts';
import { openDeliveries } from './alter.ts';

type Subscription = { readonly filter: string; readonly times: number };
type Message = Pick<IPublishPacket, 'topic' | 'payload'>;

/** What the proxy knows of a client's session, by its client id. */
type Session = { readonly asked: Map<string, number>; readonly missed: Message[]; link: Link | undefined };

/** Which messages reach a user without the right, and when. */
type Leak = {
  /** The retained message, at a SUBSCRIBE that matches. */
  atSubscribe?(subscription: Subscription): boolean;
  /** A message, while the client is connected. */
  live?(matching: number): boolean;
  /** Messages that came while the client was absent, at its return. */
  readonly queued?: true;
};

/** The proxy delivers messages to subscribers who may not read them, on one way only. */
function leaks(lab: Lab, leak: Leak): () => Alteration {
  return () => {
    const retained = new Map<string, Message>();
    const sessions = new Map<string, Session>();
    const deliver = (link: Link, { topic, payload }: Message, retain: boolean) =>
      link.sendToClient({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain });
    const mayNot = (link: Link, topic: string) => !may(lab, link.connect?.username ?? '', 'subscribe', topic);
    const onPublish = ({ topic, payload, retain }: IPublishPacket) => {
      if (retain && payload.length === 0) retained.delete(topic);
      else if (retain) retained.set(topic, { topic, payload });
      for (const { asked, missed, link } of sessions.values()) {
        const matching = [...asked.keys()].filter((filter) => covers(filter, topic)).length;
        if (matching === 0) continue;
        if (link === undefined) missed.push({ topic, payload });
        else if (leak.live?.(matching) === true && mayNot(link, topic)) deliver(link, { topic, payload }, false);
      }
    };
    return (link) => {
      let own: Session | undefined;
      return {
        toBroker(packet) {
          if (packet.cmd === 'connect') own = begin(sessions, link, packet.clientId, packet.clean !== false);
          if (packet.cmd === 'disconnect' && own !== undefined) own.link = undefined;
          if (packet.cmd === 'unsubscribe') for (const filter of packet.unsubscriptions) own?.asked.delete(filter);
          if (packet.cmd === 'publish' && writes(lab, link.connect?.username ?? '', packet.topic)) onPublish(packet);
          if (packet.cmd !== 'subscribe') return undefined;
          for (const { topic: filter } of packet.subscriptions) {
            const times = (own?.asked.get(filter) ?? 0) + 1;
            own?.asked.set(filter, times);
            if (leak.atSubscribe?.({ filter, times }) !== true) continue;
            for (const message of retained.values()) {
              if (covers(filter, message.topic) && mayNot(link, message.topic)) deliver(link, message, true);
            }
          }
          return undefined;
        },
        toClient(packet) {
          if (packet.cmd !== 'connack' || leak.queued !== true) return undefined;
          const missed = own?.missed.splice(0).filter(({ topic }) => mayNot(link, topic)) ?? [];
          // behind the CONNACK itself
          link.later(0, () => {
            for (const message of missed) deliver(link, message, false);
          });
          return undefined;
        },
      };
    };
  };
}

function begin(sessions: Map<string, Session>, link: Link, clientId: string, isClean: boolean): Session {
  const old = isClean ? undefined : sessions.get(clientId);
  const session: Session = old ?? { asked: new Map(), missed: [], link };
  session.link = link;
  sessions.set(clientId, session);
  return session;
}

/** UNSUBSCRIBE never reaches the broker; the proxy acknowledges it. `hides`: and drops what still comes on that connection. */
function unsubscribeIgnored(hides: 'nothing' | 'live messages'): () => Alteration {
  return () => (link) => {
    const removed = new Set<string>();
    const own = openDeliveries(link);
    return {
      toBroker(packet) {
        if (packet.cmd === 'subscribe') for (const { topic } of packet.subscriptions) removed.delete(topic);
        if (packet.cmd !== 'unsubscribe') return own.take(packet);
        for (const filter of packet.unsubscriptions) removed.add(filter);
        const granted = packet.unsubscriptions.map(() => 0);
        link.sendToClient({ cmd: 'unsuback', messageId: packet.messageId ?? 0, granted });
        return [];
      },
      toClient(packet) {
        if (hides === 'nothing' || packet.cmd !== 'publish') return undefined;
        return [...removed].some((filter) => covers(filter, packet.topic)) ? [] : undefined;
      },
    };
  };
}

/** A message of a user without the right reaches subscribers who were absent when it came. */
function deniedMessagesQueue(lab: Lab): () => Alteration {
  return () => {
    const sessions = new Map<string, Session>();
    return (link) => {
      let own: Session | undefined;
      return {
        toBroker(packet) {
          if (packet.cmd === 'connect') own = begin(sessions, link, packet.clientId, packet.clean !== false);
          if (packet.cmd === 'disconnect' && own !== undefined) own.link = undefined;
          if (packet.cmd === 'subscribe') for (const { topic } of packet.subscriptions) own?.asked.set(topic, 1);
          if (packet.cmd !== 'publish' || writes(lab, link.connect?.username ?? '', packet.topic)) return undefined;
          for (const { asked, missed, link: reader } of sessions.values()) {
            if (reader === undefined && asked.has(packet.topic)) missed.push(packet);
          }
          return undefined;
        },
        toClient(packet) {
          if (packet.cmd !== 'connack') return undefined;
          const missed = own?.missed.splice(0) ?? [];
          link.later(0, () => {
            for (const { topic, payload } of missed) {
              link.sendToClient({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
            }
          });
          return undefined;
        },
      };
    };
  };
}

/** A denied last will with RETAIN is served to later subscribers. */
function deniedWillsRetained(lab: Lab): () => Alteration {
  return () => {
    const wills = new Map<string, Message>();
    return () => ({
      toBroker(packet) {
        const will = packet.cmd === 'connect' ? packet.will : undefined;
        if (packet.cmd === 'publish' && packet.retain) wills.delete(packet.topic);
        if (packet.cmd === 'connect' && will?.retain === true && !writes(lab, packet.username ?? '', will.topic)) {
          wills.set(will.topic, { topic: will.topic, payload: Buffer.from(will.payload) });
        }
        return undefined;
      },
      toClient(packet) {
        if (packet.cmd !== 'publish' || !packet.retain) return undefined;
        const will = wills.get(packet.topic);
        return will === undefined ? undefined : [{ ...packet, ...will }];
      },
    });
  };
}

const isWide = (filter: string) => filter.includes('#') || filter.includes('+');

const way = (name: string, what: string, alter: WireMutant['alter'], caughtBy: readonly string[]): WireMutant => ({
  kind: 'wire',
  name,
  what,
  alter,
  caughtBy,
});

const reads = (kind: string) => [`acl.subscribe.status.sam.${kind}`, `acl.subscribe.test.sam.${kind}`];

/** Ways by which a message comes although it should not. */
export const wayMutants = (lab: Lab): readonly WireMutant[] => [
  way(
    'way.retained-leaked',
    'a subscriber without the right receives the retained message at SUBSCRIBE',
    leaks(lab, { atSubscribe: () => true }),
    reads('retained'),
  ),
  way(
    'way.retained-leaked-again',
    'a subscriber without the right receives the retained message at a second SUBSCRIBE',
    leaks(lab, { atSubscribe: ({ times }) => times > 1 }),
    reads('retained'),
  ),
  way(
    'way.retained-leaked-to-wildcards',
    'a subscriber without the right receives the retained message at a SUBSCRIBE with a wildcard',
    leaks(lab, { atSubscribe: ({ filter }) => isWide(filter) }),
    reads('retained'),
  ),
  way(
    'way.queue-leaked',
    'a subscriber without the right receives from the queue what came while it was absent',
    leaks(lab, { queued: true }),
    reads('queued'),
  ),
  way(
    'way.overlap-leaked',
    'a subscriber without the right receives messages that two of its subscriptions match',
    leaks(lab, { live: (matching) => matching > 1 }),
    reads('queued'),
  ),
  way(
    'way.denied-publish-queued',
    'a message of a user without the right reaches a subscriber that was absent',
    deniedMessagesQueue(lab),
    ['acl.queue.test'],
  ),
  way(
    'way.denied-will-retained',
    'the retained last will of a user without the right is served to later subscribers',
    deniedWillsRetained(lab),
    ['acl.retain-set.test.alice'],
  ),
  way('way.unsubscribe-ignored', 'UNSUBSCRIBE is acknowledged and ignored', unsubscribeIgnored('nothing'), [
    'acl.subscribe.status.alice.exact',
    'acl.subscribe.test.alice.hash',
    'session.unsubscribed',
  ]),
  way(
    'way.unsubscribe-ignored-by-the-queue',
    'UNSUBSCRIBE stops live messages, and the queue ignores it',
    unsubscribeIgnored('live messages'),
    ['session.unsubscribed'],
  ),
  way(
    'way.unsubscribe-removes-all',
    'UNSUBSCRIBE removes every subscription that matches',
    () => () => ({
      toBroker: (packet: Packet) =>
        packet.cmd === 'unsubscribe'
          ? [{ ...packet, unsubscriptions: [...new Set([...packet.unsubscriptions, '+', '#'])] }]
          : undefined,
    }),
    ['session.unsubscribed'],
  ),
];
