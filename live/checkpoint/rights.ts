import { HERE } from '../protocol.ts';
import { type Connection, isTalking, userOf, wasCutSince } from '../state/connection.ts';
import { type Message, subscriptionsTo } from '../state/messages.ts';
import { clockSeqs, inOrder, isClock, type OpenProof } from './proof.ts';

/** 1.3: a message reaches a client on a Pi. */
export const reachesPi: OpenProof = () => ({
  take(event, { connection, message }) {
    if (event.is !== 'packet' || event.packet.type !== 'PUBLISH' || event.packet.direction === 'sent') return undefined;
    if (message === undefined || (connection?.settings?.place ?? HERE) === HERE) return undefined;
    return [message.sent.publish.seq, event.seq];
  },
});

/** How long a message that does not come is waited for. */
const ABSENT_MS = 1_000;

/**
 * 2.1: logins are accepted, a message arrives, and one of another user or to another user has no effect. Rights are judged
 * by effect, so lab.yaml is not needed. The one without effect is over MQTT 3.1.1: over MQTT 5 the broker may say why.
 */
export const rightsHold: OpenProof = (state) => {
  const arrived = openPassages();
  const blocked = openPassages();
  let waiting: { message: Message; reader: Connection; passage: Passage }[] = [];
  return {
    take(event, { connection, message, progress, request }) {
      if (event.is === 'packet' && connection !== undefined) {
        const { type, direction, codes = [], topic = '' } = event.packet;
        if (type === 'PUBLISH' && direction === 'received' && message !== undefined)
          arrived.add({
            ...passage(message.sent.connection, connection, topic),
            seqs: [message.sent.publish.seq, event.seq],
          });
        if (progress.kind === 'done' && message !== undefined && progress.delivery === message.sent) watch(message);
        if (type === 'SUBACK' && request !== undefined)
          for (const [index, { filter }] of (request.packet.filters ?? []).entries())
            if ((codes[index] ?? 0) >= 0x80 && connection.version === 4)
              blocked.add({ topic: filter, reader: userOf(connection), seqs: [request.seq, event.seq] });
      }
      waiting = waiting.filter(({ message: { received } }) => received.length === 0);
      if (isClock(event)) {
        const due = waiting.filter(({ message }) => event.at - message.sent.at >= ABSENT_MS);
        waiting = waiting.filter((one) => !due.includes(one));
        for (const { reader, message, passage } of due)
          if (!wasCutSince(reader, message.sent.publish.at))
            blocked.add({ ...passage, seqs: [...passage.seqs, ...clockSeqs(event)] });
      }
      // the event that ends the reader still shows that nothing came before it
      waiting = waiting.filter(({ reader }) => isTalking(reader));
      return proofOf(arrived.all(), blocked.all());
    },
  };

  function watch(message: Message): void {
    const { sent } = message;
    const { topic = '' } = sent.publish.packet;
    const reader = state.connection(sent.connection.side === 'publisher' ? 'subscriber' : 'publisher');
    if (reader === undefined || !isTalking(reader)) return;
    if (sent.connection.version !== 4 || reader.version !== 4) return;
    const subscription = subscriptionsTo(reader, topic).find(
      ({ at, filter }) => at < sent.publish.at && !filter.startsWith('$share/'),
    );
    if (subscription === undefined) return;
    const seqs = [...subscription.seqs, ...sent.seqs];
    waiting.push({ message, reader, passage: { ...passage(sent.connection, reader, topic), seqs } });
  }
};

type Passage = {
  readonly topic: string;
  readonly writer?: string | undefined;
  readonly reader?: string | undefined;
  readonly seqs: readonly number[];
};

/** The first passage of each writer to each reader on each topic. */
function openPassages() {
  const first = new Map<string, Passage>();
  return {
    add(one: Passage): void {
      const key = JSON.stringify([one.topic, one.writer, one.reader]);
      if (!first.has(key)) first.set(key, one);
    },
    all: () => [...first.values()],
  };
}

function passage(writer: Connection, reader: Connection, topic: string): Omit<Passage, 'seqs'> {
  return { topic, writer: userOf(writer), reader: userOf(reader) };
}

/** A passage that arrived, and one on the same topic by or for another user that did not. */
function proofOf(arrived: readonly Passage[], blocked: readonly Passage[]): readonly number[] | undefined {
  for (const barred of blocked) {
    const allowed = arrived.find(({ topic, writer, reader }) => {
      const isOtherWriter = barred.writer !== undefined && barred.writer !== writer;
      const isOtherReader = barred.reader !== undefined && barred.reader !== reader;
      return topic === barred.topic && (isOtherWriter || isOtherReader);
    });
    if (allowed !== undefined) return inOrder([...allowed.seqs, ...barred.seqs]);
  }
  return undefined;
}
