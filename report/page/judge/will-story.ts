import { packetSchema, type SequencePacket } from '../../../records/measured/sequence.ts';
import { willEventSchema } from '../../../records/measured/will.ts';
import type { CheckRecord } from '../../../records/record.ts';
import { counted } from '../format.ts';
import { evidenceOf } from '../measured.ts';
import type { WillRow } from './will-rows.ts';
import { timeText } from './will-words.ts';

/** A thing that happened around a last will; without a time where only its amount is known. */
export type Scene = { readonly afterMs: number | undefined; readonly who: string; readonly what: string };

/** What the packets, the kernel and the broker's log tell of a check, in time from its cause on and shortly before it. */
export function storyOf(record: CheckRecord): Scene[] {
  const events = evidenceOf(record, willEventSchema);
  const causeAt = events.flatMap((event) => (event.kind === 'cause' ? [event.at] : []))[0];
  if (causeAt === undefined) return [];
  // the observer was there before and is there after
  const packets = evidenceOf(record, packetSchema).filter(({ who, at }) => who !== 'observer' || at >= causeAt);
  const scenes = [
    ...packets.map(({ at, who, ...packet }) => ({ at, who, what: packetText(packet) })),
    ...events.flatMap((event) => {
      switch (event.kind) {
        case 'cause':
          return [
            {
              at: event.at,
              who: 'cause',
              what: event.bytes === undefined ? event.what : `${event.what}: ${event.bytes}`,
            },
          ];
        case 'end':
          return [{ at: event.at, who: event.by, what: endText(event) }];
        case 'broker log':
          return [{ at: event.at, who: 'broker’s log', what: event.text }];
        case 'dropped': {
          const { sent, received } = event;
          const what = `swallowed ${counted(received.segments, 'segment')} from the broker, ${counted(sent.segments, 'segment')} from the client`;
          return [{ at: undefined, who: `the cut (${event.tool})`, what }];
        }
        default:
          return [];
      }
    }),
  ];
  return scenes
    .sort((one, other) => (one.at ?? Number.POSITIVE_INFINITY) - (other.at ?? Number.POSITIVE_INFINITY))
    .map(({ at, who, what }) => ({ afterMs: at === undefined ? undefined : at - causeAt, who, what }));
}

/** `sent CONNECT, 48 B`. */
function packetText({ direction, type, bytes, qos }: Omit<SequencePacket, 'at' | 'who'>): string {
  const level = type === 'PUBLISH' && qos !== undefined ? ` QoS ${qos}` : '';
  return `${direction} ${type}${level}${bytes === undefined ? '' : `, ${bytes} B`}`;
}

type End = { readonly by: string; readonly how: string; readonly seenBy: string };

function endText({ by, how, seenBy }: End): string {
  if (seenBy === 'kernel') return `its kernel’s table tells: ${how}`;
  return by === 'broker' || how === 'RST' ? how : `${how}; the broker’s own is back`;
}

/** `−120 ms`, `7.5 s`, `not timed`. */
export function momentText(afterMs: number | undefined): string {
  if (afterMs === undefined) return 'not timed';
  return afterMs < 0 ? `−${timeText(-afterMs)}` : afterMs === 0 ? '0' : timeText(afterMs);
}

/** What the three ends are shown by, and a goodbye beside them. */
export type Example = { readonly title: string; readonly row: WillRow };

type Wanted = {
  readonly title: string;
  /** Where only this machine has such a check. @default the title */
  readonly titleHere?: string;
  readonly cause: WillRow['cause'];
  readonly place: 'here' | 'a Pi';
};

const EXAMPLES: readonly Wanted[] = [
  { title: 'the client says goodbye', cause: 'clean', place: 'here' },
  { title: 'its program is closed', cause: 'killed', place: 'a Pi' },
  { title: 'the broker closes', cause: 'protocol-error', place: 'here' },
  { title: 'the network is out', titleHere: 'the client falls silent', cause: 'silent', place: 'a Pi' },
];

/** One check of each, where there is one by the client that shows most: on a Pi the network can be cut, this machine's sees its own socket. */
export function examplesOf(rows: readonly WillRow[]): Example[] {
  return EXAMPLES.flatMap(({ title, titleHere = title, cause, place }) => {
    const all = rows.filter((row) => row.cause === cause && row.what !== undefined && row.role === 'publisher');
    const row = all.find((one) => isOnPi(one) === (place === 'a Pi')) ?? all[0];
    return row === undefined ? [] : [{ title: isOnPi(row) ? title : titleHere, row }];
  });
}

/** Its own host is the last word of its check then; over which version it was, else. */
function isOnPi({ where }: WillRow): boolean {
  return where !== 'this machine' && !where.startsWith('MQTT ');
}
