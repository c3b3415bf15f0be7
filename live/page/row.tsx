import { useState } from 'preact/hooks';
import type { EventOf } from '../protocol.ts';
import { endsOf, type Family, familyOf, isAnswer, SHAPES } from './look.ts';
import type { Row } from './rows.ts';
import { SLOT, slotsOf } from './rows.ts';
import { store } from './store.ts';
import { bytesText, flagsOf, tcpText, timeOf } from './text.ts';

export function Glyph({ family, isHollow = false }: { readonly family: Family; readonly isHollow?: boolean }) {
  return (
    <svg class={`glyph ${family}${isHollow ? ' hollow' : ''}`} viewBox="-1 -1 14 14" aria-hidden="true">
      <path d={SHAPES[family]} />
    </svg>
  );
}

/** Milliseconds. */
const FRESH_MS = 1_000;
/** With more events in a frame than this, nobody sees a single one move, and moving them costs frames. */
const MOST_MOVING = 6;

type RowProps = { readonly row: Row; readonly top: number; readonly mark: string };

/** A row of the diagram: its time, and what goes between the lifelines. */
export function RowView({ row, top, mark }: RowProps) {
  const { event, lanes } = row;
  const [minute, second] = timeOf(event.at);
  // only what comes moves, not what comes into sight
  const [isFresh] = useState(() => store.state.fresh.length <= MOST_MOVING && Date.now() - event.at < FRESH_MS);
  return (
    <div
      role="option"
      tabIndex={-1}
      id={`row-${event.seq}`}
      data-seq={event.seq}
      aria-selected={mark.includes('chosen')}
      class={`row ${event.is} ${mark}${isFresh ? ' fresh' : ''}`}
      style={{ top: `${top}px`, height: `${slotsOf(event) * SLOT}px` }}
    >
      <span class="time">
        <span class="minute">{minute}</span>
        {second}
      </span>
      <span class={`hop first left-${lanes.publisher}`}>{drawnIn(row, 'publisher')}</span>
      <span class={`hop second left-${lanes.broker} right-${lanes.subscriber}`}>{drawnIn(row, 'subscriber')}</span>
      {event.is === 'words' ? <Note event={event} /> : null}
    </div>
  );
}

function drawnIn({ event, lanes }: Row, side: 'publisher' | 'subscriber') {
  if (event.is === 'broker') {
    return side === 'publisher' ? <span class="below broker-says">{BROKER[event.what]}</span> : null;
  }
  if (event.is === 'words' || event.side !== side) return null;
  const isCut = lanes[side] === 'cut';
  return event.is === 'tcp' ? <Tcp event={event} isCut={isCut} /> : <Arrow event={event} isLost={isCut} />;
}

const BROKER = { restarting: 'restarting', running: 'running', failed: 'restart failed' };

/** Which way an arrow points: the publisher is left of the broker, the subscriber right. */
function wayOf(side: string, isFromClient: boolean): string {
  return (side === 'publisher') === isFromClient ? 'rightward' : 'leftward';
}

function Arrow({ event, isLost }: { readonly event: EventOf<'packet'>; readonly isLost: boolean }) {
  const { packet, side } = event;
  const [from, to] = endsOf(side, packet);
  const family = familyOf(packet.type);
  return (
    <span class={`arrow ${family} ${wayOf(side, from === side)}${isLost ? ' lost' : ''}`}>
      <span class="label">
        <Glyph family={family} isHollow={isAnswer(packet.type)} />
        <b>{packet.type}</b>{' '}
        <span class="hidden">
          {from} to {to}
        </span>
        <span>{flagsOf(packet)}</span> <span class="bytes">{bytesText(packet.bytes)}</span>
        {packet.topic === undefined ? null : <span class="topic">{packet.topic}</span>}
      </span>
      <span class="line" />
    </span>
  );
}

function Tcp({ event, isCut }: { readonly event: EventOf<'tcp'>; readonly isCut: boolean }) {
  const { what, side, by } = event;
  // a signal goes to the program, not over the wire
  const isOnWire = by !== undefined && what !== 'killed';
  const way = isOnWire ? wayOf(side, by === 'client') : 'still';
  const isLost = isOnWire && isCut && by === 'client';
  return (
    <span class={`segment ${way} what-${what}${isLost ? ' lost' : ''}`}>
      <span class="label">
        <span class="hidden">
          TCP of the {side}
          {by === undefined ? '' : `, by the ${by}`}:{' '}
        </span>
        {tcpText(event)}
      </span>
      {isOnWire ? <span class="line" /> : null}
    </span>
  );
}

function Note({ event }: { readonly event: EventOf<'words'> }) {
  return (
    <span class={`note${event.isContradiction ? ' contradiction' : ''}`}>
      <span class="note-text">
        {event.isContradiction ? <b>Contradiction. </b> : null}
        {event.text}
        {event.statement === undefined ? null : <span class="statement"> [{event.statement}]</span>}
      </span>
    </span>
  );
}
