import { useEffect } from 'preact/hooks';
import type { Setup } from '../protocol.ts';
import { FAMILY_NAMES } from './look.ts';
import { onShow } from './marked.ts';
import { Glyph, RowView } from './row.tsx';
import { type Row, SLOT, slotOf, slotsOf } from './rows.ts';
import { useScrolling } from './scrolling.ts';
import { select, useSelection } from './selection.ts';
import { usePart } from './store.ts';

export function Diagram({ setup }: { readonly setup: Setup }) {
  const slots = usePart((state) => state.slots);
  const dropped = usePart((state) => state.dropped);
  const { chosen, hovered } = useSelection();
  const scrolling = useScrolling(slots.length, dropped);
  const { first, end, show, toNewest } = scrolling;

  const choose = (seq: number | undefined, isCentred = false) => {
    if (seq === undefined) return;
    select({ chosen: seq, hovered: undefined });
    const slot = slotOf(slots, seq);
    if (slot !== undefined) show(slot, isCentred);
  };
  useEffect(() =>
    onShow((seq) => {
      scrolling.box.current?.scrollIntoView({ block: 'nearest' });
      choose(seq, true);
    }),
  );

  const onKeyDown = (event: KeyboardEvent) => {
    const to = keyTarget(event.key, slots, chosen);
    if (to === undefined) return;
    event.preventDefault();
    if (to === 'newest') {
      select({ chosen: undefined, hovered: undefined });
      toNewest();
    } else choose(to);
  };

  const rows = visible(slots, first, end);
  const isDrawn = rows.some(([, { event }]) => event.seq === chosen);
  const marked = relatedTo(slots, hovered ?? chosen);
  const markOf = (seq: number) => (seq === chosen ? 'chosen' : marked.has(seq) ? 'related' : '');
  return (
    <section class="diagram" aria-label="Sequence diagram">
      <Heads setup={setup} />
      <div
        class="rows"
        ref={scrolling.box}
        onScroll={scrolling.onScroll}
        role="listbox"
        tabIndex={0}
        aria-label="Packets and events, oldest first"
        aria-activedescendant={isDrawn ? `row-${chosen}` : undefined}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          scrolling.box.current?.focus();
          choose(seqAt(event.target));
        }}
        onPointerMove={(event) => select({ hovered: seqAt(event.target) })}
        onPointerLeave={() => select({ hovered: undefined })}
      >
        <div class="long" role="presentation" style={{ height: `${slots.length * SLOT}px` }}>
          {rows.map(([slot, row]) => (
            <RowView key={row.event.seq} row={row} top={slot * SLOT} mark={markOf(row.event.seq)} />
          ))}
        </div>
      </div>
      {slots.length > 0 ? null : <p class="empty">Connect a side: what goes over the wire appears here.</p>}
      {scrolling.isFollowing ? null : (
        <button type="button" class="newest" onClick={toNewest}>
          ↓ Go to newest
        </button>
      )}
      <Legend />
    </section>
  );
}

function Heads({ setup }: { readonly setup: Setup }) {
  const connections = usePart((state) => state.connections);
  const lanes = usePart((state) => state.lanes);
  const broker = setup.brokerVersion === undefined ? 'running' : `Mosquitto ${setup.brokerVersion}`;
  const name = (side: 'publisher' | 'subscriber') => connections[side].settings?.user ?? 'not connected';
  return (
    <div class="heads">
      <span class={`head ${lanes.publisher}`}>
        <b>Publisher</b>
        {lanes.publisher === 'cut' ? 'cable pulled' : name('publisher')}
      </span>
      <span class={`head ${lanes.broker}`}>
        <b>Broker</b>
        {lanes.broker === 'cut' ? 'restarting' : broker}
      </span>
      <span class={`head ${lanes.subscriber}`}>
        <b>Subscriber</b>
        {lanes.subscriber === 'cut' ? 'cable pulled' : name('subscriber')}
      </span>
    </div>
  );
}

function Legend() {
  return (
    <ul class="legend">
      {FAMILY_NAMES.map(([family, name]) => (
        <li key={family}>
          <Glyph family={family} /> {name}
        </li>
      ))}
      <li>hollow: an answer</li>
    </ul>
  );
}

/** Rows that begin between two slots, each with its first slot. */
function visible(slots: readonly Row[], first: number, end: number): [number, Row][] {
  const rows: [number, Row][] = [];
  for (let slot = first; slot < end; slot++) {
    const row = slots[slot];
    if (row !== undefined && row !== slots[slot - 1]) rows.push([slot, row]);
  }
  return rows;
}

/** What words are about, where the event is words. */
function relatedTo(slots: readonly Row[], seq: number | undefined): ReadonlySet<number> {
  const row = seq === undefined ? undefined : slots[slotOf(slots, seq) ?? -1];
  return new Set(row?.event.is === 'words' ? [row.event.seq, ...row.event.seqs] : [seq ?? -1]);
}

function seqAt(target: EventTarget | null): number | undefined {
  const row = target instanceof Element ? target.closest('[data-seq]') : null;
  return row === null ? undefined : Number(row.getAttribute('data-seq'));
}

const ROWS_A_PAGE = 10;

/** The event that a key leads to. */
function keyTarget(key: string, slots: readonly Row[], chosen: number | undefined): number | 'newest' | undefined {
  const at = chosen === undefined ? slots.length : (slotOf(slots, chosen) ?? slots.length);
  if (key === 'Escape' || key === 'End') return 'newest';
  if (key === 'Home') return slots[0]?.event.seq;
  const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -ROWS_A_PAGE, PageDown: ROWS_A_PAGE }[key];
  return steps === undefined ? undefined : rowFrom(slots, at, steps)?.event.seq;
}

/** The row that many rows away; the last one where there are fewer. */
function rowFrom(slots: readonly Row[], slot: number, steps: number): Row | undefined {
  let at = slot;
  for (let left = Math.abs(steps); left > 0; left--) {
    const row = slots[at];
    const neighbour = steps < 0 ? slots[at - 1] : slots[at + (row === undefined ? 0 : slotsOf(row.event))];
    at = (neighbour && slotOf(slots, neighbour.event.seq)) ?? at;
  }
  return slots[at] ?? slots.at(-1);
}
