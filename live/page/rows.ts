import type { EventOf, LiveEvent, Side } from '../protocol.ts';

export type LaneState = 'off' | 'on' | 'cut';
/** How the lifelines look beside a row. */
export type Lanes = Readonly<Record<Side | 'broker', LaneState>>;

/** An event that the diagram draws, with the lifelines beside it. */
export type Row = { readonly event: EventOf<'packet' | 'tcp' | 'words' | 'broker'>; readonly lanes: Lanes };

/** Pixels of a slot. All slots have this height, and a row takes one or more. */
export const SLOT = 17;
/** What the page keeps; the server's transcript has the rest. */
export const MOST_SLOTS = 40_000;
/** How many are dropped at once, so that the list is rarely copied. */
const DROPPED_AT_ONCE = 4_000;

/** Characters of words for which three slots are enough on a narrow screen. */
const SHORT_WORDS = 110;

export function slotsOf(event: LiveEvent): number {
  switch (event.is) {
    case 'packet':
      return 2;
    case 'words':
      return event.text.length > SHORT_WORDS ? 4 : 3;
    case 'tcp':
    case 'broker':
      return 1;
    default:
      return 0;
  }
}

type Slots = { readonly slots: readonly Row[]; readonly dropped: number; readonly lanes: Lanes };

/** Rows of events that came in one frame, behind those that there are. A row that takes several slots is in the list several times. */
export function appended({ slots: before, dropped, lanes: begin }: Slots, events: readonly LiveEvent[]): Slots {
  const slots = before.slice();
  let lanes = begin;
  for (const event of events) {
    lanes = lanesAfter(lanes, event);
    if (!isDrawn(event)) continue;
    const row = { event, lanes };
    for (let slot = 0; slot < slotsOf(event); slot++) slots.push(row);
  }
  if (slots.length <= MOST_SLOTS) return { slots, dropped, lanes };
  let first = slots.length - MOST_SLOTS + DROPPED_AT_ONCE;
  while (slots[first] === slots[first - 1]) first++;
  return { slots: slots.slice(first), dropped: dropped + first, lanes };
}

function isDrawn(event: LiveEvent): event is Row['event'] {
  return slotsOf(event) > 0;
}

function lanesAfter(lanes: Lanes, event: LiveEvent): Lanes {
  if (event.is === 'broker') return { ...lanes, broker: event.what === 'restarting' ? 'cut' : 'on' };
  if (event.is === 'tcp') return { ...lanes, [event.side]: laneAfter(lanes[event.side], event) };
  if (event.is !== 'state' || event.state === 'connecting' || lanes[event.side] === 'cut') return lanes;
  return { ...lanes, [event.side]: event.state === 'connected' ? 'on' : 'off' };
}

/** A cut stays a cut, whatever ends the connection meanwhile, until it is plugged in. */
function laneAfter(lane: Lanes[Side], { what }: EventOf<'tcp'>): Lanes[Side] {
  if (what === 'silent') return 'cut';
  if (what === 'through' || what === 'open') return 'on';
  if (lane === 'cut' || what === 'SYN' || what === 'retransmission') return lane;
  return 'off';
}

/** Index of the first slot of the row of an event; undefined where it has none, or none any more. */
export function slotOf(slots: readonly Row[], seq: number): number | undefined {
  let low = 0;
  let high = slots.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((slots[middle]?.event.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return slots[low]?.event.seq === seq ? low : undefined;
}
