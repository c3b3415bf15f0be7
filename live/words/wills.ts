import type { EventOf } from '../protocol.ts';
import {
  type Connection,
  clientIdOf,
  isAccepted,
  isCut,
  nameOf,
  type PacketEvent,
  userOf,
} from '../state/connection.ts';
import { expiryOf } from '../state/expiry.ts';
import { subscriptionsTo } from '../state/messages.ts';
import { statement } from '../state/statements.ts';
import { ownersOfWill } from '../state/wills.ts';
import { observerSince } from './observer.ts';
import { type OpenSubject, openRepeats, type Said, secondsText } from './subject.ts';
import { causeOf, type Restart } from './will-cause.ts';

/** How long a will may take after FIN or RST. */
const AT_ONCE_MS = 10_000;
/** How long the reason of a will that came may take to be reported by the host of its owner. */
const REASON_MS = 3_000;
/** How long after the end a will that its owner may not publish is waited for. */
const DROPPED_MS = 3_000;

type Unexplained = { readonly event: PacketEvent; readonly reader: Connection; readonly owners: readonly Connection[] };

/** Last wills: published, why and when; or not, where they should have been. */
export const wills: OpenSubject = (context) => {
  const { state, brokerVersion } = context;
  const settled = new WeakSet<Connection>();
  /** No longer waited for. */
  const overdue = new WeakSet<Connection>();
  let unexplained: Unexplained[] = [];
  let restarts: Restart[] = [];
  let isRestarting = false;
  const isRepeat = openRepeats();

  function explain({ event, reader, owners }: Unexplained, isLast: boolean): Said | undefined {
    const open = owners.filter((owner) => !settled.has(owner));
    const causes = open.map((owner) => ({
      owner,
      said: causeOf({ owner, event, reader, restarts, isRestarting, brokerVersion, connections: state.connections }),
    }));
    const found =
      causes.find(({ said }) => said !== undefined && said.isContradiction !== true) ??
      causes.find(({ said }) => said !== undefined);
    // the end of another one with the same will may not have been reported yet
    const isOpen = causes.some(({ said }) => said === undefined);
    if (found?.said?.isContradiction === true && isOpen && !isLast) return undefined;
    if (found?.said !== undefined) {
      settled.add(found.owner);
      return found.said;
    }
    const [owner] = open;
    if (!isLast || owner === undefined || owner.end !== undefined || isCut(owner)) return undefined;
    settled.add(owner);
    const text = `The last will of ${nameOf(owner)} came, although its connection has not ended.`;
    return { text, seqs: [event.seq], statement: statement('a will is published', owner), isContradiction: true };
  }

  function takeBroker({ what, seq, at }: EventOf<'broker'>): void {
    if (what === 'restarting') restarts.push({ seq, at });
    if (what === 'failed') restarts = restarts.slice(0, -1);
    isRestarting = what === 'restarting';
  }

  function explainAll(now: number): Said[] {
    const said: Said[] = [];
    unexplained = unexplained.filter((one) => {
      const isLast = !isRestarting && now - one.event.at >= REASON_MS;
      const found = explain(one, isLast);
      if (found !== undefined) said.push(found);
      return found === undefined && !isLast;
    });
    return said;
  }

  return {
    take(event, { connection, progress, message }) {
      if (event.is === 'broker') takeBroker(event);
      const said = explainAll(event.at);
      if (event.is !== 'packet' || event.packet.type !== 'PUBLISH' || event.packet.direction === 'sent') return said;
      // a message of a publisher with the same text is no will
      if (event.packet.retain === true || progress.kind === 'repeated' || message !== undefined) return said;
      if (connection === undefined) return said;
      const { topic = '', payload } = event.packet;
      const isRepeated = isRepeat(JSON.stringify([topic, payload]), event.at);
      // overlapping subscriptions bring a will twice: the second one is no will of a client that is still connected
      const isCopy = isRepeated && subscriptionsTo(connection, topic).length > 1;
      const owners = ownersOfWill(state.connections, event).filter(
        (owner) => !settled.has(owner) && (!isCopy || owner.end !== undefined),
      );
      if (owners.length === 0) return said;
      const one = { event, reader: connection, owners };
      const found = explain(one, false);
      if (found === undefined) unexplained.push(one);
      return found === undefined ? said : [...said, found];
    },
    tick(now) {
      // whether a restart excuses an absent will is known once it has succeeded or failed
      if (isRestarting) return explainAll(now);
      return [
        ...explainAll(now),
        ...state.connections.flatMap((owner) => (settled.has(owner) || overdue.has(owner) ? [] : absent(owner, now))),
      ];
    },
  };

  function absent(owner: Connection, now: number): Said[] {
    const will = owner.connect?.fields.will;
    const since = will === undefined || !isAccepted(owner) ? undefined : boundOf(owner, brokerVersion);
    if (will === undefined || since === undefined) return [];
    if (isExcused(owner, since.at)) {
      settled.add(owner);
      return [];
    }
    const user = userOf(owner);
    if (user === undefined) return [];
    const mayPublish = context.rights.mayPublish(user, will.topic, clientIdOf(owner));
    const boundMs = mayPublish ? since.boundMs : since.boundMs - AT_ONCE_MS + DROPPED_MS;
    if (now - since.at < boundMs) return [];
    overdue.add(owner);
    // a reader who comes back may still get a kept one
    const observer = observerSince(context, owner, { topic: will.topic, at: since.at });
    if (observer === undefined) return [];
    settled.add(owner);
    const [who, to] = [nameOf(owner), nameOf(observer)];
    const seqs = [...(owner.connect === undefined ? [] : [owner.connect.seq]), since.seq];
    if (!mayPublish)
      return [
        {
          text: `No last will of ${who} came: lab.yaml gives ${who} no right to ${will.topic}, so the broker dropped it without a word.`,
          seqs,
        },
      ];
    const text = `${who}'s connection ended without DISCONNECT, and ${to} reads ${will.topic}, but no last will came within ${secondsText(boundMs)}.`;
    return [{ text, seqs, statement: statement('a will is published', owner), isContradiction: true }];
  }

  /** What makes it unknowable: a takeover, which may leave no will, or a restart of the broker, which may lose it. */
  function isExcused(owner: Connection, at: number): boolean {
    const id = clientIdOf(owner);
    const isTakenOver = state.connections.some(
      (one) => one !== owner && one.begun.seq > owner.begun.seq && clientIdOf(one) === id,
    );
    return isTakenOver || restarts.some((restart) => restart.at >= at - AT_ONCE_MS);
  }
};

/** From when and how long a will is waited for; undefined while none is due. */
function boundOf(
  owner: Connection,
  version: string | undefined,
): { seq: number; at: number; boundMs: number } | undefined {
  const { end, lastHeard } = owner;
  const isAbnormal =
    end !== undefined && end.by === 'client' && (end.how === 'killed' || end.how === 'FIN' || end.how === 'RST');
  // a program that is only killed may leave its socket to another process
  const isClosed = isAbnormal && !end.isUnheard && owner.cuts.every(({ to }) => to !== undefined && to.at < end.at);
  if (isClosed) return { seq: end.seq, at: end.at, boundMs: AT_ONCE_MS };
  const cut = owner.cuts.at(-1);
  const keepAlive = owner.connack?.keepAlive ?? 0;
  if (cut === undefined || cut.to !== undefined || keepAlive === 0 || lastHeard === undefined) return undefined;
  if (end !== undefined && !end.isUnheard) return undefined;
  return { seq: cut.from.seq, at: lastHeard.at, boundMs: expiryOf(keepAlive, version).toMs + AT_ONCE_MS };
}
