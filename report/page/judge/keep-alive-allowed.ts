import { z } from 'zod';
import type { Results } from '../../../records/results.ts';
import { SHORTEST_S } from '../../keep-alive-value/model.js';
import { whole } from '../format.ts';
import { checksOf } from '../measured.ts';

/** The longest keep alive, in seconds: as the broker told it, as the lab file has it where the broker did not, or what is assumed where neither is known. */
export type Limit = { readonly by: 'broker' | 'lab file' | 'assumption'; readonly seconds: number };

/** `observed`, and `expected`, of `keepalive.limit.v5`. */
const limitSchema = z.object({ told: z.number() });
/** What the lab file has where it says nothing, in seconds. */
const USUAL_LIMIT_S = 1200;
/** For as long a router has to keep an idle TCP connection: 2 hours and 4 minutes (RFC 5382, REQ-5). */
const TRANSLATED_S = 7_440;

export function limitOf(results: Pick<Results, 'checks'>): Limit {
  const records = checksOf(results, 'keepalive.limit');
  const toldIn = (of: 'observed' | 'expected') =>
    records.map((record) => limitSchema.safeParse(record[of]).data?.told).find((told) => told !== undefined);
  const told = toldIn('observed');
  if (told !== undefined) return { by: 'broker', seconds: told };
  const wanted = toldIn('expected');
  return wanted === undefined ? { by: 'assumption', seconds: USUAL_LIMIT_S } : { by: 'lab file', seconds: wanted };
}

/** From where to where the model looks, why, and whether all of that passes a router that translates addresses. */
export function allowedText({ by, seconds }: Limit): string {
  const shortest = `${SHORTEST_S} s, the shortest of the mosquitto clients,`;
  const router = `A router that translates addresses has to keep an idle TCP connection for 2 hours and 4 minutes, ${whole(TRANSLATED_S)} s (RFC 5382, REQ-5)`;
  const passes =
    seconds < TRANSLATED_S ? 'so none of these is too long for it' : 'so those from there on may be too long for it';
  return `${shortest} to ${whole(seconds)} s, ${WHOSE[by]}. ${router}, ${passes}.`;
}

const WHOSE: Readonly<Record<Limit['by'], string>> = {
  broker: 'the longest of this broker',
  'lab file': 'the longest that the lab file allows; what the broker allows was not told in this run',
  assumption:
    'which is assumed: the longest of this broker is not known in this run, and that is what a lab file has that says nothing',
};
