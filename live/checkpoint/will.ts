import type { LiveEvent } from '../protocol.ts';
import { type Connection, isAccepted, isTalking, userOf, wasCutSince } from '../state/connection.ts';
import { expiryOf } from '../state/expiry.ts';
import { subscriptionsTo } from '../state/messages.ts';
import type { Seen, State } from '../state/state.ts';
import { ownersOfWill } from '../state/wills.ts';
import { clockSeqs, inOrder, isClock, type OpenProof, openParts, type Parts } from './proof.ts';

/** How long a will may take that comes at once. */
const AT_ONCE_MS = 5_000;
/** How far the clock of another host may be off. */
const CLOCK_MS = 2_000;
/** How long a discarded will is waited for. */
const ABSENT_MS = 3_000;

/**
 * 2.4a: publisher and subscriber have left a last will on one topic, which the subscriber has subscribed to. Only a will
 * that the broker would publish counts; where no subscriber has the right, the publisher's is enough.
 */
export const bothWills: OpenProof = (_state, step) => {
  const topics = new Map<string, Parts<string>>();
  const { wills } = step;
  return {
    take(event, { connection }) {
      const { connect, connack, side } = connection ?? {};
      const isLeftOut = side === 'subscriber' && wills?.subscriber.length === 0;
      const topic = isLeftOut ? step.topic : connect?.fields.will?.topic;
      if (event.is !== 'packet' || connection === undefined || side === undefined || !isAccepted(connection))
        return undefined;
      if (connect === undefined || connack === undefined || topic === undefined || topic !== (step.topic ?? topic))
        return undefined;
      if (!isLeftOut && wills?.[side].includes(userOf(connection) ?? '') === false) return undefined;
      const [subscription] = subscriptionsTo(connection, topic);
      if (side === 'subscriber' && subscription === undefined) return undefined;
      const parts = topics.get(topic) ?? openParts(['publisher', 'subscriber']);
      topics.set(topic, parts);
      parts.add(side, [connect.seq, connack.seq, ...(side === 'subscriber' ? (subscription?.seqs ?? []) : [])]);
      return parts.all();
    },
  };
};

/** 2.4b: the program is killed, and its will comes at once. The end of its connection may be reported after the will. */
export const closedProgram: OpenProof = (state) => {
  const closed = new Map<Connection, LiveEvent>();
  const wills = new Map<Connection, LiveEvent>();
  return {
    take(event, seen) {
      const { connection } = seen;
      // over TLS, FIN and RST may not be seen
      const isEnd = event.is === 'tcp' && (event.what === 'FIN' || event.what === 'RST') && event.by !== 'broker';
      if (connection?.end?.how === 'killed' && (isEnd || (event.is === 'state' && event.state === 'ended')))
        if (!closed.has(connection)) closed.set(connection, event);
      for (const owner of willOwners(state, event, seen)) wills.set(owner, event);
      for (const [owner, will] of wills) {
        const closing = closed.get(owner);
        if (closing === undefined || owner.end === undefined || owner.cuts.length > 0) continue;
        if (Math.max(will.at, closing.at) - owner.end.at > AT_ONCE_MS || owner.end.at - will.at > CLOCK_MS) continue;
        return inOrder([
          ...(owner.connect === undefined ? [] : [owner.connect.seq]),
          owner.end.seq,
          closing.seq,
          will.seq,
        ]);
      }
      return undefined;
    },
  };
};

/** 2.4c: DISCONNECT leaves no will, an outage leaves one when the keep alive has expired. */
export const disconnectAgainstOutage: OpenProof = (state) => {
  const parts = openParts(['DISCONNECT', 'outage']);
  let waiting: { owner: Connection; reader: Connection; seqs: number[] }[] = [];
  return {
    take(event, seen) {
      const { connection } = seen;
      const willed = willOwners(state, event, seen);
      waiting = waiting.filter(({ owner }) => !willed.includes(owner));
      if (
        event.is === 'packet' &&
        event.packet.type === 'DISCONNECT' &&
        event.packet.direction === 'sent' &&
        connection !== undefined
      ) {
        const reader = readerOfWill(state, connection);
        if (reader !== undefined && (event.packet.code ?? 0) === 0 && connection.end?.isUnheard === false)
          waiting.push({ owner: connection, reader, seqs: [connection.connect?.seq ?? event.seq, event.seq] });
      }
      if (isClock(event))
        for (const { owner, reader, seqs } of waiting)
          if (owner.end !== undefined && event.at - owner.end.at >= ABSENT_MS && !wasCutSince(reader, owner.end.at))
            parts.add('DISCONNECT', [...seqs, ...clockSeqs(event)]);
      // the event that ends the reader still shows that nothing came before it
      waiting = waiting.filter(({ reader }) => isTalking(reader));
      const lost = willed.find((owner) => isOutage(owner, event));
      if (lost !== undefined)
        parts.add(
          'outage',
          [lost.connect?.seq, lost.lastHeard?.seq, lost.cuts.at(-1)?.from.seq, event.seq].filter(
            (seq) => seq !== undefined,
          ),
        );
      return parts.all();
    },
  };
};

/** The connections whose will this packet brings; none where a publisher sent the same text. */
function willOwners(state: State, event: LiveEvent, { message }: Seen): Connection[] {
  if (event.is !== 'packet' || event.packet.type !== 'PUBLISH' || event.packet.direction === 'sent') return [];
  return message !== undefined || event.packet.retain === true ? [] : ownersOfWill(state.connections, event);
}

function isOutage({ cuts, lastHeard, connack, end }: Connection, event: LiveEvent): boolean {
  const cut = cuts.at(-1);
  if (cut === undefined || cut.to !== undefined || lastHeard === undefined || connack === undefined) return false;
  if (connack.keepAlive === 0 || (end !== undefined && !end.isUnheard)) return false;
  return event.at - lastHeard.at >= expiryOf(connack.keepAlive, undefined).fromMs;
}

/** The other side, where it would see the last will. */
function readerOfWill(state: State, owner: Connection): Connection | undefined {
  const will = owner.connect?.fields.will;
  const reader = state.connection(owner.side === 'publisher' ? 'subscriber' : 'publisher');
  if (will === undefined || !isAccepted(owner) || reader === undefined || !isTalking(reader)) return undefined;
  return subscriptionsTo(reader, will.topic).length > 0 ? reader : undefined;
}
