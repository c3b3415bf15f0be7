import type { Cause, WillRow } from './will-rows.ts';
import { of, say, type WillSentence, when } from './will-sentence.ts';

type DeviationOf = { readonly cause: Cause; readonly standard: string; readonly instead: string };

const DEVIATIONS: readonly DeviationOf[] = [
  {
    cause: 'second-connect',
    standard:
      'A second CONNECT on a connection is an error upon which the broker closes it, and the last will is due [MQTT-3.1.2-8]',
    instead: 'none came',
  },
  {
    cause: 'takeover-persistent',
    standard:
      'A persistent session that another connection takes over has lost its connection without DISCONNECT, and its last will is due [MQTT-3.1.2-8]',
    instead: 'none came',
  },
  {
    cause: 'delay-without-session',
    standard:
      'A session that ends with its connection leaves its last will at once, whatever its will delay (MQTT 5, 3.1.3.2.2)',
    instead: 'it came only',
  },
  {
    cause: 'crash',
    standard:
      'A broker that crashes has lost its clients’ connections too, and their last wills are due [MQTT-3.1.2-8]',
    instead: 'none was ever published',
  },
];

/** What the standard wants where Mosquitto is known to do otherwise, and whether it was so; a sentence a cause that was tried. */
export function deviationSentences(rows: readonly WillRow[]): WillSentence[] {
  return DEVIATIONS.flatMap((deviation) => deviates(rows, deviation) ?? []);
}

function deviates(rows: readonly WillRow[], { cause, standard, instead }: DeviationOf): WillSentence | undefined {
  const all = of(rows, cause);
  if (all.length === 0) return undefined;
  const other = all.filter(({ record }) => record.verdict !== 'pass');
  if (other.length === 0) return say('so', `${standard}: it came ${when(all)}.`, all);
  const isKnown = other.every(({ record }) => record.verdict === 'deviation');
  const seen = other.every(({ wills }) => wills === 0) ? instead : `${instead} ${when(other)}`;
  const known = isKnown ? ', which this version of the broker is known for' : '';
  return say('not so', `${standard}; ${seen}${known}.`, other);
}
