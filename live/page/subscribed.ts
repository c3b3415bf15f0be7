import type { EventOf } from '../protocol.ts';

/** What a connection has subscribed to. */
export type Subscribed = {
  /** Filters of SUBSCRIBE that wait for their SUBACK, by packet id. */
  readonly asked: ReadonlyMap<number, readonly string[]>;
  /** Code of the newest SUBACK, by filter: the granted QoS, or a refusal. */
  readonly codes: ReadonlyMap<string, number>;
};

export const NOTHING: Subscribed = { asked: new Map(), codes: new Map() };

export function subscribedAfter(before: Subscribed, { packet }: EventOf<'packet'>): Subscribed {
  const { type, packetId = 0, filters = [], codes = [] } = packet;
  if (type === 'SUBSCRIBE')
    return {
      ...before,
      asked: new Map(before.asked).set(
        packetId,
        filters.map(({ filter }) => filter),
      ),
    };
  if (type !== 'SUBACK') return before;
  const asked = new Map(before.asked);
  const answered = asked.get(packetId) ?? [];
  asked.delete(packetId);
  const given = answered.flatMap((filter, index) => {
    const code = codes[index];
    return code === undefined ? [] : [[filter, code] as const];
  });
  return { asked, codes: new Map([...before.codes, ...given]) };
}
