import type { Delivery } from '../state/connection.ts';
import { type Connection, nameOf } from '../state/connection.ts';
import { type Message, subscriptionsTo } from '../state/messages.ts';
import { statement } from '../state/statements.ts';
import { otherConnection } from './observer.ts';
import { type OpenSubject, openRepeats, type Said, secondsText } from './subject.ts';

/** How long after CONNACK the kept messages may take. */
const SOON_MS = 3_000;
const MOST = 1_000;

/** Messages that were published while their subscriber was away: kept, or lost. */
export const away: OpenSubject = ({ state }) => {
  const isRepeat = openRepeats();
  const missed = new Map<Connection, Message[]>();
  let returned: { connection: Connection; at: number; messages: Message[] }[] = [];
  return {
    take(event, { connection, progress, message }) {
      if (event.is !== 'packet' || connection === undefined) return [];
      if (event.packet.type === 'CONNACK' && event.packet.code === 0) {
        const before = state.connections.findLast((one) => one.side === connection.side && one !== connection);
        const messages = before === undefined || !isSameClient(before, connection) ? [] : (missed.get(before) ?? []);
        missed.clear();
        if (messages.length > 0) returned.push({ connection, at: event.at, messages });
        return [];
      }
      if (message === undefined || event.packet.type !== 'PUBLISH' || progress.kind === 'repeated') return [];
      if (event.packet.direction === 'received') return kept(message, connection, event.seq);
      const subscriber = otherConnection(state, connection);
      const isAway = subscriber?.end !== undefined && subscriber.connack?.code === 0;
      if (!isAway || subscriptionsTo(subscriber, event.packet.topic ?? '').length === 0) return [];
      missed.set(subscriber, [...(missed.get(subscriber) ?? []), message].slice(-MOST));
      return [];
    },
    tick(now) {
      const due = returned.filter(({ at }) => now - at >= SOON_MS);
      returned = returned.filter((one) => !due.includes(one));
      return due.flatMap(({ connection, messages }) => lost(connection, messages));
    },
  };

  function kept({ sent }: Message, connection: Connection, seq: number): Said[] {
    if (connection.connack?.isSessionPresent !== true || sent.publish.at >= connection.begun.at) return [];
    const [who, { topic = '' }] = [nameOf(connection), sent.publish.packet];
    if (isRepeat(JSON.stringify([who, topic]), connection.connack.at)) return [];
    const since = secondsText(connection.connack.at - sent.publish.at);
    return [
      {
        text: `The broker had kept this message on ${topic} for ${who}: ${nameOf(sent.connection)} published it ${since} before ${who} came back.`,
        seqs: [sent.publish.seq, connection.connack.seq, seq],
        statement: statement('messages are queued', connection),
      },
    ];
  }
};

function isSameClient(one: Connection, other: Connection): boolean {
  return one.connect?.fields.clientId === other.connect?.fields.clientId;
}

function lost(connection: Connection, messages: readonly Message[]): Said[] {
  const gone = messages.filter(({ received }) => received.length === 0).map(({ sent }) => sent);
  if (gone.length === 0 || connection.end !== undefined) return [];
  const who = nameOf(connection);
  const seqs = [
    ...gone.map(({ publish }) => publish.seq),
    ...(connection.connack === undefined ? [] : [connection.connack.seq]),
  ];
  const [count, verb] = gone.length === 1 ? ['One message', 'was'] : [`${gone.length} messages`, 'were'];
  const begin = `${count} for ${who} ${verb} published while ${who} was away and did not come`;
  if (connection.connack?.isSessionPresent !== true) return [{ text: `${begin}: the broker kept no session.`, seqs }];
  if (!gone.every(isAtQos0)) return [];
  return [{ text: `${begin}: the broker keeps only messages of QoS 1 and 2.`, seqs }];

  function isAtQos0({ qos, publish }: Delivery): boolean {
    const grants = subscriptionsTo(connection, publish.packet.topic ?? '').map(({ granted }) => granted);
    return Math.min(qos, Math.max(0, ...grants)) === 0;
  }
}
