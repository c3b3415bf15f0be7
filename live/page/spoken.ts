import type { LiveEvent } from '../protocol.ts';
import { sentenceOf } from './text.ts';

/** Packets that are said one by one; more of them are counted. */
const MOST_ONE_BY_ONE = 6;
const MOST_WORDS = 4;

/** Events as sentences for a screen reader: many packets are summarised, words are said in full. */
export function spoken(events: readonly LiveEvent[]): string[] {
  const packets = events.filter((event) => event.is === 'packet');
  const isMany = packets.length > MOST_ONE_BY_ONE;
  const words = events.filter((event) => event.is === 'words').slice(-MOST_WORDS);
  const others = events.flatMap((event): string[] => {
    if (event.is === 'words') return words.includes(event) ? [sentenceOf({ event })] : [];
    if (event.is === 'packet') return isMany ? [] : [sentenceOf({ event })];
    if (event.is === 'tcp') return isMany && event.what === 'retransmission' ? [] : [sentenceOf({ event })];
    if (event.is === 'broker') return [sentenceOf({ event })];
    return event.is === 'proved' ? [`Step ${event.step} is proved.`] : [];
  });
  return isMany ? [summary(packets.map(({ packet }) => packet.type)), ...others] : others;
}

/** `120 packets: 60 PUBLISH, 60 PUBACK`. */
function summary(types: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return `${types.length} packets: ${[...counts].map(([type, count]) => `${count} ${type}`).join(', ')}`;
}
