import { covers } from '../../base/topic.ts';
import type { Rights } from '../protocol.ts';
import {
  type Connection,
  clientIdOf,
  type Delivery,
  type PacketEvent,
  type Subscription,
  userOf,
  wasCutSince,
} from './connection.ts';

/** A message that one side published, and its copies that came to a side. */
export type Message = { readonly sent: Delivery; readonly received: Delivery[] };

/** Remembered messages with the same topic and payload. */
const LONGEST_MEMORY = 300;
const MOST_KEYS = 5_000;
/** Equal messages of so short a time may be in flight together. */
const FLIGHT_MS = 5_000;
/** A message to a reader who was connected all the time is lost after this time. */
const LOST_MS = 10_000;

export type Messages = {
  publish(delivery: Delivery): Message;
  /** The message whose copy this is; undefined where no side published it. `isWill`: a last will may explain the copy. */
  receive(copy: Delivery, isWill: boolean): Message | undefined;
};

/** `rights`: undefined where nobody knows them. */
export function openMessages(rights?: Rights): Messages {
  const byContent = new Map<string, Message[]>();
  const contentOf = ({ packet }: PacketEvent) => JSON.stringify([packet.topic, packet.payload, packet.payloadBytes]);
  return {
    publish(sent) {
      const content = contentOf(sent.publish);
      const message: Message = { sent, received: [] };
      const same = [...(byContent.get(content) ?? []), message].slice(-LONGEST_MEMORY);
      byContent.delete(content);
      byContent.set(content, same);
      const [oldest] = byContent.keys();
      if (byContent.size > MOST_KEYS && oldest !== undefined) byContent.delete(oldest);
      return message;
    },
    receive(copy, isWill) {
      const same = byContent.get(contentOf(copy.publish)) ?? [];
      const allowed = ({ sent }: Message) => allowedQos(sent.qos, copy);
      const fits = (message: Message) => allowed(message).length === 0 || allowed(message).includes(copy.qos);
      const waiting = same.filter((message) => message.received.length === 0 && isReachable(message, copy));
      const expected = waiting.filter((one) => fits(one) && !isLost(one, copy) && mayPublish(one, rights));
      // a further copy comes only of overlapping subscriptions (MQTT 3.1.1, 3.3.5); else the text is another client's
      const hasOverlap = subscriptionsTo(copy.connection, copy.publish.packet.topic ?? '').length > 1;
      const message =
        inFlight(expected, copy) ??
        (isWill
          ? undefined
          : ((hasOverlap ? same.findLast(fits) : undefined) ?? waiting.findLast(fits) ?? waiting.at(-1)));
      message?.received.push(copy);
      return message;
    },
  };
}

/** Equal messages keep their order while they are in flight; of others, the newest one has come. */
function inFlight(messages: readonly Message[], copy: Delivery): Message | undefined {
  const newest = messages.at(-1);
  const ofPublisher = messages.filter(({ sent }) => sent.connection === newest?.sent.connection);
  return ofPublisher.find((one) => isHeld(one, copy) || copy.at - one.sent.publish.at < FLIGHT_MS) ?? newest;
}

/** Whether the broker took the message, and the reader had a subscription to it then, in this or a kept session. */
function isReachable({ sent }: Message, { connection, publish }: Delivery): boolean {
  if (sent.refused !== undefined || sent.hasNoSubscriber === true) return false;
  const subscriptions = subscriptionsTo(connection, publish.packet.topic ?? '');
  // an unsubscribed filter may still have messages on their way
  if (!connection.session.isKnown || subscriptions.length === 0) return true;
  return subscriptions.some(({ since }) => since < sent.publish.at);
}

/** Whether the reader was away or cut when the message was published, so that its copy comes later. */
function isHeld({ sent }: Message, { connection }: Delivery): boolean {
  return (connection.connack?.at ?? 0) > sent.publish.at || wasCutSince(connection, sent.publish.at);
}

function isLost(message: Message, copy: Delivery): boolean {
  // a broker keeps messages of QoS 1 and 2 alone
  if (isHeld(message, copy)) return copy.qos === 0 && !wasCutSince(copy.connection, message.sent.publish.at);
  return copy.at - message.sent.publish.at > LOST_MS;
}

function mayPublish({ sent: { connection, publish } }: Message, rights: Rights | undefined): boolean {
  const user = userOf(connection);
  if (rights === undefined || user === undefined) return true;
  return rights.mayPublish(user, publish.packet.topic ?? '', clientIdOf(connection));
}

/** Subscriptions of the connection's session that cover a topic. */
export function subscriptionsTo({ session }: Connection, topic: string): Subscription[] {
  return [...session.subscriptions.values()].filter(({ filter }) => covers(filter, topic));
}

/** The QoS that a copy may have: the lower of published and granted, by each subscription that it may come from. */
export function allowedQos(published: number, { connection, publish }: Delivery): number[] {
  const grants = subscriptionsTo(connection, publish.packet.topic ?? '').flatMap(({ grants }) => grants);
  return grants.map((granted) => Math.min(granted, published));
}
