import { codeText } from '../../probes/mqtt/code-text.ts';
import type { Delivery } from '../state/connection.ts';
import { clientIdOf, nameOf, userOf, wasCutSince } from '../state/connection.ts';
import { type Message, subscriptionsTo } from '../state/messages.ts';
import { statement, statementOfDrop } from '../state/statements.ts';
import { observerSince, otherConnection } from './observer.ts';
import { type Context, type OpenSubject, openRepeats, type Said } from './subject.ts';

/** How long a copy may take before the narrator says that it has not come. */
const SOON_MS = 1_000;
/** How long a copy may take before its absence contradicts the standard. */
const LATE_MS = 10_000;
/** So few messages in that time fill no queue of a broker. */
const FEW = 10;

/** A published message that reached nobody, and why. */
export const undelivered: OpenSubject = (context) => {
  const isRepeat = openRepeats();
  let waiting: { message: Message; isSaid: boolean }[] = [];
  let recent: number[] = [];
  return {
    take(event, { progress, message }) {
      if (event.is !== 'packet' || message === undefined || progress.kind !== 'done') return [];
      const { delivery } = progress;
      if (delivery !== message.sent) return [];
      if (delivery.publish.packet.payloadBytes === 0 && delivery.publish.packet.retain === true) return [];
      recent = [...recent.filter((at) => event.at - at < LATE_MS), event.at].slice(-2 * FEW);
      const atOnce = answered(delivery, context);
      if (atOnce.length === 0) waiting.push({ message, isSaid: false });
      return atOnce;
    },
    tick(now) {
      waiting = waiting.filter(
        ({ message: { sent, received } }) => received.length === 0 && now - sent.at <= 2 * LATE_MS,
      );
      const said: Said[] = [];
      for (const one of waiting) {
        const { sent } = one.message;
        if (!one.isSaid && now - sent.at >= SOON_MS) {
          one.isSaid = true;
          said.push(...reasons(sent, context));
        }
        if (now - sent.at >= LATE_MS) {
          waiting = waiting.filter((other) => other !== one);
          if (recent.length <= FEW) said.push(...lost(sent, context));
        }
      }
      return said.filter(({ text }) => !isRepeat(text, now));
    },
  };
};

/** What the broker itself says over MQTT 5. */
function answered(delivery: Delivery, { rights }: Context): Said[] {
  const { connection, publish, refused, seqs } = delivery;
  const { topic = '' } = publish.packet;
  const who = nameOf(connection);
  if (delivery.hasNoSubscriber === true)
    return [
      { text: `The broker acknowledged ${who}'s message on ${topic} with code 16: nobody has subscribed to it.`, seqs },
    ];
  if (refused === undefined) return [];
  const user = userOf(connection);
  const may = user !== undefined && rights.mayPublish(user, topic, clientIdOf(connection));
  const text = `The broker refused ${who}'s message on ${topic}: ${codeText('PUBACK', refused)}`;
  if (refused !== NOT_AUTHORISED) return [{ text: `${text}.`, seqs }];
  if (may) return [{ text: `${text}, although lab.yaml lets ${who} publish there.`, seqs, isContradiction: true }];
  return [{ text: `${text}. lab.yaml gives ${who} no right to publish there.`, seqs }];
}

const NOT_AUTHORISED = 0x87;

function reasons(sent: Delivery, context: Context): Said[] {
  const { connection, publish, seqs } = sent;
  const { topic = '' } = publish.packet;
  const who = nameOf(connection);
  const user = userOf(connection);
  if (user !== undefined && !context.rights.mayPublish(user, topic, clientIdOf(connection)))
    return dropped(sent, context);
  const other = otherConnection(context.state, connection);
  if (other === undefined || other.connack?.code !== 0 || wasCutSince(other, publish.at)) return [];
  if (other.end !== undefined) return kept(sent, other.end.at < publish.at ? other : undefined);
  if (other.connack.at > publish.at || !other.session.isKnown) return [];
  const to = nameOf(other);
  if (subscriptionsTo(other, topic).length === 0 && other.asked.size === 0)
    return [{ text: `${to} has no subscription to ${topic}, so ${who}'s message did not go there.`, seqs }];
  const reader = userOf(other);
  if (reader === undefined || context.rights.mayReceive(reader, topic, clientIdOf(other))) return [];
  const text = `${to} has subscribed to ${topic}, but lab.yaml gives ${to} no right to read it: ${who}'s message did not come.`;
  return [{ text, seqs }];
}

/** The broker took a message that its publisher may not publish. */
function dropped(sent: Delivery, context: Context): Said[] {
  const { connection, publish, qos, seqs } = sent;
  const { topic = '' } = publish.packet;
  const who = nameOf(connection);
  const observer = observerSince(context, connection, { topic, at: publish.at });
  const why = `lab.yaml gives ${who} no right to publish to ${topic}`;
  if (observer === undefined) {
    const text =
      qos === 0 ? `${why}. The broker did not say so.` : `${why}, although the broker acknowledged the message.`;
    return [{ text, seqs, statement: statementOfDrop(connection) }];
  }
  const acknowledged =
    qos === 0
      ? 'The broker dropped this message without a word'
      : 'The broker acknowledged this message and dropped it';
  return [
    {
      text: `${acknowledged}: ${why}, and nothing came to ${nameOf(observer)}.`,
      seqs,
      statement: statementOfDrop(connection),
    },
  ];
}

/** A message for a subscriber that was not there. */
function kept(sent: Delivery, away: Delivery['connection'] | undefined): Said[] {
  const { topic = '' } = sent.publish.packet;
  if (away === undefined || !away.session.isKnown || away.connect?.keepsSession !== true) return [];
  const granted = Math.max(0, ...subscriptionsTo(away, topic).map((one) => one.granted));
  if (Math.min(granted, sent.qos) === 0 || subscriptionsTo(away, topic).length === 0) return [];
  const text = `${nameOf(away)} is not connected but asked to keep the session: the broker keeps ${nameOf(sent.connection)}'s message on ${topic}.`;
  return [{ text, seqs: sent.seqs, statement: statement('messages are queued', away) }];
}

/** A message above QoS 0 that should have come. */
function lost(sent: Delivery, context: Context): Said[] {
  const { connection, publish, qos, seqs } = sent;
  const { topic = '' } = publish.packet;
  const user = userOf(connection);
  if (qos === 0 || user === undefined || !context.rights.mayPublish(user, topic, clientIdOf(connection))) return [];
  const observer = observerSince(context, connection, { topic, at: publish.at });
  if (observer === undefined || isBusy(observer.session.incoming)) return [];
  // at QoS 0 a copy may get lost on its way
  if (Math.max(...subscriptionsTo(observer, topic).map((one) => one.granted)) === 0) return [];
  const to = nameOf(observer);
  return [
    {
      text: `The broker acknowledged ${nameOf(connection)}'s message on ${topic}, which ${to} has subscribed to and may read, but nothing came to ${to} within ${LATE_MS / 1000} s.`,
      seqs,
      statement: statement('a message reaches each subscription', observer),
      isContradiction: true,
    },
  ];
}

function isBusy(deliveries: ReadonlyMap<number, Delivery>): boolean {
  return [...deliveries.values()].some(({ stage }) => stage !== 'done');
}
