import type { LogLine } from '../../../probes/broker-log.ts';
import type { KernelEnd } from '../../../probes/kernel-end.ts';
import type { Packet } from '../../../probes/packet.ts';
import type { End, RawSession } from '../../../probes/raw-session.ts';
import type { WillEvent } from '../../../report/measured/will.ts';
import { evidence, ownPackets } from '../support/evidence.ts';
import type { World } from '../support/world.ts';
import type { WillWish } from './judge.ts';

export type Owner = Omit<Extract<WillEvent, { kind: 'owner' }>, 'kind'>;
export type Cause = Omit<Extract<WillEvent, { kind: 'cause' }>, 'kind'>;
export type KnownEnd = Omit<Extract<WillEvent, { kind: 'end' }>, 'kind'>;

/** What became of the owner of a last will, for the record; no verdict rests on it. */
export type Story = {
  readonly owner: Owner;
  readonly cause: Cause;
  readonly end?: KnownEnd | undefined;
  readonly wills: readonly Packet[];
  /** When it, or who took its client id, was accepted again. */
  readonly backAt?: number | undefined;
  /** Ended: what the broker logged of itself belongs to it too. */
  readonly broker?: 'ended';
};

/** A broker that logs every packet has much to say of a client. */
const MOST_LINES = 20;

/** The story as events, with what the broker logged of it; waits a moment for that log. */
export async function willEvents(
  world: Pick<World, 'brokerLog'>,
  { owner, cause, end, wills, backAt, broker }: Story,
): Promise<WillEvent[]> {
  const log = world.brokerLog();
  await log.settled(owner.clientId);
  const itself = broker === 'ended' ? log.aboutItself(cause.at) : [];
  const lines = [...log.about(owner.clientId), ...itself].slice(0, MOST_LINES);
  return [
    { kind: 'owner', ...owner },
    { kind: 'cause', ...cause, at: microseconds(cause.at) },
    ...(end === undefined ? [] : [{ kind: 'end' as const, ...end, at: microseconds(end.at) }]),
    ...wills.map((packet) => ({ kind: 'last will' as const, at: microseconds(packet.at) })),
    ...(backAt === undefined ? [] : [{ kind: 'back' as const, at: microseconds(backAt) }]),
    ...lines.map(logEvent),
  ];
}

function logEvent({ at, text }: LogLine): WillEvent {
  return { kind: 'broker log', ...(at === undefined ? {} : { at: microseconds(at) }), text };
}

/** Whose last will it is, as its CONNECT says. */
export function leftBy(
  { clientId, packets }: Pick<RawSession, 'clientId' | 'packets'>,
  will: WillWish,
  delayS?: number,
): Owner {
  const connect = packets.find(({ type }) => type === 'CONNECT')?.connect;
  const { topic, qos, retain } = will;
  const delay = delayS === undefined ? {} : { delayS };
  return { clientId, keepAlive: connect?.keepAlive ?? 0, ...delay, will: { topic, qos, retain } };
}

/** How the end of a connection looked from its client's socket; undefined: it has not ended, or its end was given up. */
export function socketEnd(end: End | undefined): KnownEnd | undefined {
  if (end === undefined || end.isGivenUp === true) return undefined;
  const { at, by, how } = end;
  return { at, by, how, seenBy: 'socket' };
}

/** How a kernel ended the connection of a killed process; undefined: that can't be told. */
export function kernelEnd(end: KernelEnd | undefined): KnownEnd | undefined {
  return end === undefined || end.how === 'unknown'
    ? undefined
    : { at: end.at, by: 'client', how: end.how, seenBy: 'kernel' };
}

/** All packets of the owner of a last will but other people's messages. */
export function ownerEvidence(who: string, packets: readonly Packet[]): object[] {
  const sent = packets.flatMap(({ direction, payload }) =>
    direction === 'sent' && payload !== undefined ? [payload] : [],
  );
  return evidence(who, ownPackets(packets, sent));
}

/** When a client was let in; undefined: it was not. */
export function acceptedAt({ packets }: { readonly packets: readonly Packet[] }): number | undefined {
  return packets.find(({ type, code }) => type === 'CONNACK' && code === 0)?.at;
}

/** As the records keep times. */
function microseconds(at: number): number {
  return Math.round(at * 1000) / 1000;
}
