import type { Command, EventOf, LiveEvent, PacketView, Settings, Setup, Side } from '../protocol.ts';
import { type Asked, askedBy, stillAsked } from './asked.ts';
import { appended, type Lanes, type Row } from './rows.ts';
import { type Point, withPoint } from './series.ts';
import { NOTHING, type Subscribed, subscribedAfter } from './subscribed.ts';

export type Connection = {
  readonly state: EventOf<'state'>['state'];
  readonly settings?: Settings | undefined;
  readonly clientId?: string | undefined;
  readonly why?: string | undefined;
  readonly isCut: boolean;
};
export type StepState = {
  /** The events that prove it. */
  readonly proof?: readonly number[];
  /** Milliseconds since 1970. */
  readonly provedAt?: number;
  readonly choice?: number;
  readonly text?: string;
};
export type Trouble = { readonly key: number; readonly text: string };

export type State = {
  readonly setup: Setup | undefined;
  readonly link: 'connecting' | 'open' | 'lost' | 'closed';
  readonly lastSeq: number;
  /** When the page was loaded, in milliseconds since 1970: troubles of before were read already. */
  readonly loadedAt: number;
  readonly slots: readonly Row[];
  /** How many slots were dropped because the page keeps only the newest ones. */
  readonly dropped: number;
  readonly lanes: Lanes;
  readonly connections: Readonly<Record<Side, Connection>>;
  readonly counters: Readonly<Partial<Record<Side, EventOf<'counters'>>>>;
  readonly series: Readonly<Record<Side, readonly Point[]>>;
  /** Of the subscriber's connection. */
  readonly subscribed: Subscribed;
  /** Kinds of packets that came so far. */
  readonly types: ReadonlySet<PacketView['type']>;
  /** Of the newest messages. */
  readonly latencies: readonly EventOf<'latency'>[];
  readonly words: readonly EventOf<'words'>[];
  readonly steps: Readonly<Record<string, StepState>>;
  readonly perSecond: number;
  readonly troubles: readonly Trouble[];
  readonly saved: EventOf<'saved'> | undefined;
  readonly asked: readonly Asked[];
  /** The newest events of one frame, for the text log. */
  readonly fresh: readonly LiveEvent[];
};

const IDLE: Connection = { state: 'idle', isCut: false };

export const START: State = {
  setup: undefined,
  link: 'connecting',
  lastSeq: 0,
  loadedAt: 0,
  slots: [],
  dropped: 0,
  lanes: { publisher: 'off', broker: 'on', subscriber: 'off' },
  connections: { publisher: IDLE, subscriber: IDLE },
  counters: {},
  series: { publisher: [], subscriber: [] },
  subscribed: NOTHING,
  types: new Set(),
  latencies: [],
  words: [],
  steps: {},
  perSecond: 0,
  troubles: [],
  saved: undefined,
  asked: [],
  fresh: [],
};

const MOST_LATENCIES = 1_000;
const MOST_WORDS = 50;
const MOST_TROUBLES = 3;

/** The state after events, which came in one frame. Events that were seen before a reconnection are ignored. */
export function afterEvents(state: State, events: readonly LiveEvent[]): State {
  const fresh = events.filter(({ seq }, index) => seq > Math.max(state.lastSeq, events[index - 1]?.seq ?? 0));
  const next = fresh.reduce(afterEvent, state);
  const asked = fresh.reduce(stillAsked, state.asked);
  return { ...next, asked, ...appended(state, fresh), lastSeq: fresh.at(-1)?.seq ?? state.lastSeq, fresh };
}

/** The state but for the rows, which are added a frame at a time. */
function afterEvent(state: State, event: LiveEvent): State {
  switch (event.is) {
    case 'packet':
      return afterPacket(state, event);
    case 'tcp':
      return afterTcp(state, event);
    case 'state':
      return afterConnection(state, event);
    case 'counters':
      return withSide(state, 'counters', event.side, event);
    case 'latency':
      return { ...state, latencies: [...state.latencies.slice(1 - MOST_LATENCIES), event] };
    case 'words':
      return { ...state, words: [...state.words.slice(1 - MOST_WORDS), event] };
    case 'proved':
      return withStep(state, event.step, { proof: event.seqs, provedAt: event.at });
    case 'predicted':
      return withStep(state, event.step, { choice: event.choice });
    case 'answered':
      return withStep(state, event.step, { text: event.text });
    case 'rate':
      return { ...state, perSecond: event.perSecond };
    case 'trouble':
      return event.at < state.loadedAt ? state : withTrouble(state, event.text);
    case 'saved':
      return { ...state, saved: event };
    case 'broker':
      // the lifelines say it
      return state;
  }
}

function afterPacket(state: State, event: EventOf<'packet'>): State {
  const { side, packet } = event;
  const next = withSide(state, 'series', side, withPoint(state.series[side], event));
  const types = state.types.has(packet.type) ? state.types : new Set([...state.types, packet.type]);
  const subscribed = side === 'subscriber' ? subscribedAfter(state.subscribed, event) : state.subscribed;
  return { ...next, types, subscribed };
}

function afterTcp(state: State, { side, what }: EventOf<'tcp'>): State {
  const connection = state.connections[side];
  if (what !== 'silent' && what !== 'through') return state;
  return withSide(state, 'connections', side, { ...connection, isCut: what === 'silent' });
}

function afterConnection(state: State, event: EventOf<'state'>): State {
  const { is: _is, seq: _seq, at: _at, side, ...connection } = event;
  const { isCut, settings } = state.connections[side];
  const next = withSide(state, 'connections', side, { settings, ...connection, isCut });
  if (event.state !== 'connecting') return next;
  // a new connection has a plot, counters, subscriptions and latencies of its own
  const begun = withSide(withSide(next, 'series', side, []), 'counters', side, undefined);
  return side === 'subscriber' ? { ...begun, subscribed: NOTHING, latencies: [] } : begun;
}

/** The state once a command is on its way. */
export function withAsked(state: State, command: Command): State {
  const asked = askedBy(command);
  if (asked === undefined || state.asked.includes(asked)) return state;
  // the paths of an earlier save would look like those of this one
  const saved = asked === 'save' ? undefined : state.saved;
  return { ...state, saved, asked: [...state.asked, asked] };
}

export function withTrouble(state: State, text: string): State {
  const key = (state.troubles.at(-1)?.key ?? 0) + 1;
  const trouble = { key, text: text.replace(/^live view: /, '') };
  return { ...state, asked: [], troubles: [...state.troubles.slice(1 - MOST_TROUBLES), trouble] };
}

export function withoutTrouble(state: State, key: number): State {
  return { ...state, troubles: state.troubles.filter((trouble) => trouble.key !== key) };
}

function withStep(state: State, step: string, change: StepState): State {
  return { ...state, steps: { ...state.steps, [step]: { ...state.steps[step], ...change } } };
}

function withSide<K extends 'connections' | 'counters' | 'series'>(
  state: State,
  key: K,
  side: Side,
  value: State[K][Side],
): State {
  return { ...state, [key]: { ...state[key], [side]: value } };
}
