import { type Connection, isTalking } from '../state/connection.ts';
import type { State } from '../state/state.ts';
import { inOrder, type OpenProof, openParts } from './proof.ts';

/** Seconds, as the checkpoint asks for them. */
export const [SHORT, LONG] = [5, 25];
/** Pings that show a rhythm. */
export const PINGS = { [SHORT]: 3, [LONG]: 1 };
/** The step that is a text, and the characters that it needs. */
export const WRITTEN = '2.3c';
export const SHORTEST_ANSWER = 80;

/** What a connection has shown since the other side is connected with the other keep alive. */
type Shown = { readonly exchange: number[]; readonly pings: number[][]; readonly counted: number[] };
type Pair = ReadonlyMap<Connection, Shown>;

/** The connections of both sides while they are connected with one keep alive each; another pair begins again. */
function openPair(state: State): () => Pair | undefined {
  let pair: Pair = new Map();
  return () => {
    const both = (['publisher', 'subscriber'] as const).flatMap((side) => state.connection(side) ?? []);
    const found = [SHORT, LONG].flatMap(
      (keepAlive) => both.find((one) => isTalking(one) && one.connack?.keepAlive === keepAlive) ?? [],
    );
    if (found.length < 2) return undefined;
    if (found.some((one) => !pair.has(one)))
      pair = new Map(found.map((one) => [one, { exchange: [], pings: [], counted: [] }]));
    return pair;
  };
}

/** 2.3a: both keep alives at the same time, a message exchange at each, and a ping of each. */
export const bothKeepAlives: OpenProof = (state) => {
  const pairNow = openPair(state);
  return {
    take(event, { connection, ping }) {
      const pair = pairNow();
      const shown = connection === undefined ? undefined : pair?.get(connection);
      if (event.is !== 'packet' || pair === undefined || shown === undefined) return undefined;
      if (event.packet.type === 'PUBLISH') shown.exchange.push(event.seq);
      if (ping !== undefined) shown.pings.push([ping.seq, event.seq]);
      const all = [...pair.values()];
      if (all.some(({ exchange, pings }) => exchange.length === 0 || pings.length === 0)) return undefined;
      const firsts = all.flatMap(({ exchange, pings }) => [...exchange.slice(0, 1), ...pings.slice(0, 1).flat()]);
      return inOrder([...[...pair.keys()].flatMap(loginOf), ...firsts]);
    },
  };
};

/** 2.3b: pings of both keep alives at the same time, and counted bytes after them. */
export const countedPings: OpenProof = (state) => {
  const pairNow = openPair(state);
  return {
    take(event, { connection, ping }) {
      const pair = pairNow();
      if (event.is === 'packet' && connection !== undefined && ping !== undefined)
        pair?.get(connection)?.pings.push([ping.seq, event.seq]);
      if (event.is !== 'counters' || pair === undefined) return undefined;
      for (const [{ side, connack }, { pings, counted }] of pair)
        if (side === event.side && pings.length >= neededPings(connack?.keepAlive)) counted.push(event.seq);
      if ([...pair.values()].some(({ counted }) => counted.length === 0)) return undefined;
      return inOrder(
        [...pair].flatMap(([one, { pings, counted }]) => [
          ...loginOf(one),
          ...pings.slice(0, neededPings(one.connack?.keepAlive)).flat(),
          ...counted.slice(0, 1),
        ]),
      );
    },
  };
};

function neededPings(keepAlive: number | undefined): number {
  return PINGS[keepAlive ?? LONG] ?? 1;
}

function loginOf({ connect, connack }: Connection): number[] {
  return [connect, connack].flatMap((one) => one?.seq ?? []);
}

/** 2.3c: an answer, after a ping of each keep alive was measured. */
export const reasoned: OpenProof = (_state, { id }) => {
  const pings = openParts([SHORT, LONG]);
  return {
    take(event, { connection, ping }) {
      if (event.is === 'packet' && connection?.connack !== undefined && ping !== undefined)
        pings.add(connection.connack.keepAlive, [ping.seq, event.seq]);
      const measured = pings.all();
      if (event.is !== 'answered' || event.step !== id || measured === undefined) return undefined;
      return event.text.trim().length >= SHORTEST_ANSWER ? [...measured, event.seq] : undefined;
    },
  };
};
