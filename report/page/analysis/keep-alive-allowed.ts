import { keepAliveLimitSchema } from '../../../records/measured/keep-alive-limit.ts';
import { recordsAbout } from '../../../records/measurements.ts';
import type { Results } from '../../../records/results.ts';
import { SHORTEST_S } from '../../keep-alive-value/model.js';
import { whole } from '../format.ts';

/** The longest keep alive in seconds: from the broker, or else from the lab file, or else an assumption. */
export type Limit = { readonly by: 'broker' | 'lab file' | 'assumption'; readonly seconds: number };

/** Default of the lab file, in seconds. */
const DEFAULT_LIMIT_S = 1200;
/** How long a router has to keep an idle TCP connection: 2 hours and 4 minutes (RFC 5382, REQ-5). */
const ROUTER_S = 7_440;

export function limitOf({ checks }: Pick<Results, 'checks'>): Limit {
  const records = recordsAbout(checks, 'keep-alive limit');
  const limitIn = (of: 'observed' | 'expected') =>
    records
      .map(({ record }) => keepAliveLimitSchema.safeParse(record[of]).data?.serverKeepAlive)
      .find((seconds) => seconds !== undefined);
  const observed = limitIn('observed');
  if (observed !== undefined) return { by: 'broker', seconds: observed };
  const expected = limitIn('expected');
  return expected === undefined
    ? { by: 'assumption', seconds: DEFAULT_LIMIT_S }
    : { by: 'lab file', seconds: expected };
}

/** The range that the model searches, where it comes from, and whether a router that translates addresses bears all of it. */
export function allowedText({ by, seconds }: Limit): string {
  const range = `${SHORTEST_S} s, the shortest of the mosquitto clients, to ${whole(seconds)} s, ${SOURCES[by]}`;
  const router = `A router that translates addresses has to keep an idle TCP connection for 2 hours and 4 minutes, ${whole(ROUTER_S)} s (RFC 5382, REQ-5)`;
  const passes = seconds < ROUTER_S ? 'so none of these is too long for it' : 'so longer ones may be too long for it';
  return `${range}. ${router}, ${passes}.`;
}

const SOURCES: Readonly<Record<Limit['by'], string>> = {
  broker: 'the longest that this broker allows',
  'lab file': 'the longest that the lab file allows (the broker did not report its own limit in this run)',
  assumption: 'the default of a lab file, since this run did not measure what the broker allows',
};
