import { packetSchema, type SequencePacket } from '../../../records/measured/sequence.ts';
import type { WillEvent } from '../../../records/measured/will.ts';
import { evidenceOf } from '../../../records/measurements.ts';
import type { CheckRecord } from '../../../records/record.ts';
import { counted } from '../format.ts';
import { type WillRow, willEvents } from './will-rows.ts';
import { timeText } from './will-words.ts';

/** Something that happened around a last will; without a time where only its amount is known. */
export type TimelineEntry = { readonly afterMs: number | undefined; readonly who: string; readonly what: string };

/** Packets, kernel events and log lines of a check in time, from shortly before its cause. */
export function timelineOf(record: CheckRecord): TimelineEntry[] {
  const events = willEvents(record);
  const causeAt = events.flatMap((event) => (event.kind === 'cause' ? [event.at] : []))[0];
  if (causeAt === undefined) return [];
  // the observer connected long before
  const packets = evidenceOf(record, packetSchema).filter(({ who, at }) => who !== 'observer' || at >= causeAt);
  const entries = [
    ...packets.map(({ at, who, ...packet }) => ({ at, who, what: packetText(packet) })),
    ...events.flatMap(entryOf),
  ];
  return entries
    .sort((one, other) => (one.at ?? Number.POSITIVE_INFINITY) - (other.at ?? Number.POSITIVE_INFINITY))
    .map(({ at, who, what }) => ({ afterMs: at === undefined ? undefined : at - causeAt, who, what }));
}

type Entry = Omit<TimelineEntry, 'afterMs'> & { readonly at: number | undefined };

function entryOf(event: WillEvent): Entry[] {
  switch (event.kind) {
    case 'cause': {
      const { at, what, bytes } = event;
      return [{ at, who: 'cause', what: bytes === undefined ? what : `${what}: ${bytes}` }];
    }
    case 'end':
      return [{ at: event.at, who: event.by, what: endText(event) }];
    case 'broker log':
      return [{ at: event.at, who: 'broker’s log', what: event.text }];
    case 'dropped': {
      const { sent, received, tool } = event;
      const what = `swallowed ${counted(received.segments, 'segment')} from the broker, ${counted(sent.segments, 'segment')} from the client`;
      return [{ at: undefined, who: `the cut (${tool})`, what }];
    }
    default:
      return [];
  }
}

/** `sent CONNECT, 48 B`. */
function packetText({ direction, type, bytes, qos }: Omit<SequencePacket, 'at' | 'who'>): string {
  const level = type === 'PUBLISH' && qos !== undefined ? ` QoS ${qos}` : '';
  return `${direction} ${type}${level}${bytes === undefined ? '' : `, ${bytes} B`}`;
}

function endText({ by, how, seenBy }: Extract<WillEvent, { kind: 'end' }>): string {
  if (seenBy === 'kernel') return `${how}, by its kernel’s table of connections`;
  return by === 'broker' || how === 'RST' ? how : `${how}; the broker’s own came back`;
}

/** `−120 ms`, `7.5 s`, `not timed`. */
export function momentText(afterMs: number | undefined): string {
  if (afterMs === undefined) return 'not timed';
  return afterMs < 0 ? `−${timeText(-afterMs)}` : afterMs === 0 ? '0' : timeText(afterMs);
}

/** A check that shows one end of a connection. */
export type Example = { readonly title: string; readonly row: WillRow };

type Wanted = {
  readonly title: string;
  /** Where only this machine has such a check. @default the title */
  readonly titleHere?: string;
  readonly cause: WillRow['cause'];
  readonly place: 'here' | 'a Pi';
};

const EXAMPLES: readonly Wanted[] = [
  { title: 'the client sends DISCONNECT', cause: 'clean', place: 'here' },
  { title: 'its program is closed', cause: 'killed', place: 'a Pi' },
  { title: 'the broker closes', cause: 'protocol-error', place: 'here' },
  { title: 'the network is out', titleHere: 'the client falls silent', cause: 'silent', place: 'a Pi' },
];

/** One check a kind, by the client that shows most: a Pi's network can be cut, this machine's client sees its own socket. */
export function examplesOf(rows: readonly WillRow[]): Example[] {
  return EXAMPLES.flatMap(({ title, titleHere = title, cause, place }) => {
    const all = rows.filter((row) => row.cause === cause && row.what !== undefined && row.role === 'publisher');
    const row = all.find(({ isOnPi }) => isOnPi === (place === 'a Pi')) ?? all[0];
    return row === undefined ? [] : [{ title: row.isOnPi ? title : titleHere, row }];
  });
}
