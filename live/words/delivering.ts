import type { Delivery, Subscription } from '../state/connection.ts';
import { type Connection, clientIdOf, nameOf, userOf } from '../state/connection.ts';
import { allowedQos, type Message, subscriptionsTo } from '../state/messages.ts';
import { statement } from '../state/statements.ts';
import { ownersOfWill } from '../state/wills.ts';
import { type Context, countText, type OpenSubject, openRepeats, type Said } from './subject.ts';

/** A message that reached a side: the packets of each hop, and why. */
export const delivering: OpenSubject = ({ rights, state }) => {
  const isRepeat = openRepeats();
  return {
    take(event, { connection, progress, message }) {
      if (event.is !== 'packet' || connection === undefined || !('delivery' in progress)) return [];
      const { delivery, kind } = progress;
      const isCopy = delivery.publish.packet.direction === 'received';
      const isFirst = event.packet.type === 'PUBLISH' && kind !== 'repeated';
      // a will and a message with the same text look alike
      const isWill = ownersOfWill(state.connections, delivery.publish).length > 0;
      const problems = isCopy && isFirst ? problemsOf(delivery, isWill ? undefined : message, rights) : [];
      if (kind !== 'done') return problems;
      if (message === undefined) return [...problems, ...alone(delivery)];
      // the words follow once both hops are complete
      const copy = isCopy ? delivery : message.received.at(-1);
      if (copy === undefined || message.sent.stage !== 'done' || copy.stage !== 'done') return problems;
      return [...problems, ...bothHops(message.sent, copy)];
    },
  };

  function alone(delivery: Delivery): Said[] {
    const { topic = '', direction, retain } = delivery.publish.packet;
    if (direction === 'sent' || retain === true || ownersOfWill(state.connections, delivery.publish).length > 0)
      return [];
    const who = nameOf(delivery.connection);
    if (isRepeat(JSON.stringify([who, topic, delivery.qos, delivery.connection.begun.seq]), delivery.at)) return [];
    const text = `The broker sent ${who} a message on ${topic} at QoS ${delivery.qos}: ${countText(delivery.seqs.length, 'packet')}.`;
    return [{ text, seqs: delivery.seqs }];
  }

  function bothHops(sent: Delivery, copy: Delivery): Said[] {
    const { topic = '' } = sent.publish.packet;
    const [from, to] = [nameOf(sent.connection), nameOf(copy.connection)];
    if (
      isRepeat(
        JSON.stringify([from, to, topic, sent.qos, copy.qos, sent.connection.begun.seq, copy.connection.begun.seq]),
        copy.at,
      )
    )
      return [];
    const published = `${from} published ${topic} at QoS ${sent.qos}`;
    const { filter, granted = sent.qos } = subscriptionOf(sent, copy) ?? {};
    const lower = granted < sent.qos ? `${to} subscribed to ${filter} at QoS ${granted}` : published;
    const isSame = filter !== undefined && granted === sent.qos;
    const why = isSame
      ? `${published}, and ${to} subscribed ${filter === topic ? '' : `to ${filter} `}at the same`
      : lower;
    const hop = hopText(copy);
    const own =
      sent.qos === copy.qos
        ? `${from}'s own hop took as many`
        : `${from}'s own hop kept QoS ${sent.qos}: ${hopText(sent)}`;
    return [
      {
        text: `${why}, so the broker sent ${to} a copy at QoS ${copy.qos}: ${hop}. ${own}.`,
        seqs: [...sent.seqs, ...copy.seqs],
        statement: statement('the lower QoS counts', copy.connection),
      },
    ];
  }
};

/** The subscription that the copy comes from; of several, one whose QoS fits it. */
function subscriptionOf(sent: Delivery, copy: Delivery): Subscription | undefined {
  const all = subscriptionsTo(copy.connection, sent.publish.packet.topic ?? '');
  return all.find(({ granted }) => Math.min(granted, sent.qos) === copy.qos) ?? all[0];
}

function hopText({ qos, seqs }: Delivery): string {
  const names = ['PUBLISH', 'PUBLISH, PUBACK', 'PUBLISH, PUBREC, PUBREL, PUBCOMP'][qos] ?? '';
  return `${countText(seqs.length, 'packet')} (${names})`;
}

/** What contradicts lab.yaml or the standard in a PUBLISH from the broker. */
function problemsOf(copy: Delivery, message: Message | undefined, rights: Context['rights']): Said[] {
  const { connection, publish, qos } = copy;
  const { topic = '' } = publish.packet;
  const to = nameOf(connection);
  const said: Said[] = [];
  const contradiction = (text: string, seqs: readonly number[], id?: string) =>
    said.push({ text, seqs, statement: id, isContradiction: true });
  if (lacks(connection, topic, rights.mayReceive))
    contradiction(`A message on ${topic} reached ${to}, although lab.yaml gives ${to} no right to read it.`, [
      publish.seq,
    ]);
  const from = message?.sent;
  const isForbidden = from !== undefined && lacks(from.connection, topic, rights.mayPublish);
  if (from !== undefined && isForbidden) {
    const publisher = nameOf(from.connection);
    const text = `A message of ${publisher} on ${topic} reached ${to}, although lab.yaml gives ${publisher} no right to publish there.`;
    contradiction(text, [from.publish.seq, publish.seq]);
  }
  const { session } = connection;
  const subscriptions = subscriptionsTo(connection, topic);
  if (!session.isKnown) return said;
  if (subscriptions.length === 0) {
    // an unsubscribed filter may still have messages on their way
    if (session.hasUnsubscribed !== true && connection.asked.size === 0)
      contradiction(
        `The broker sent ${to} a message on ${topic}, which no subscription of ${to} covers.`,
        [publish.seq],
        statement('a topic matches the filter', connection),
      );
    return said;
  }
  const highest = Math.max(...subscriptions.flatMap(({ grants }) => grants));
  const allowed = from === undefined ? [] : allowedQos(from.qos, copy);
  const seqs = [
    ...(from === undefined ? [] : [from.publish.seq]),
    ...subscriptions.flatMap((one) => one.seqs),
    publish.seq,
  ];
  const rule = statement('the lower QoS counts', connection);
  if (qos > highest)
    contradiction(`${to} was granted QoS ${highest} on ${topic}, but a copy came at QoS ${qos}.`, seqs, rule);
  else if (from !== undefined && !allowed.includes(qos))
    contradiction(
      `${nameOf(from.connection)} published ${topic} at QoS ${from.qos} and ${to} was granted QoS ${highest}, but the copy came at QoS ${qos}.`,
      seqs,
      rule,
    );
  return said;
}

function lacks(connection: Connection, topic: string, may: Context['rights']['mayReceive']): boolean {
  const user = userOf(connection);
  return user !== undefined && !may(user, topic, clientIdOf(connection));
}
