import type { EventOf, NewEvent } from './protocol.ts';

/** Pairs each PUBLISH of the publisher with the one that brings it to the subscriber. */
export type LatencyMeter = {
  /** The latency that this packet completes. `errorMs`: how far the clocks of the two places may differ. */
  take(event: EventOf<'packet'>, errorMs: number): NewEvent | undefined;
};

/** Messages that never arrive must not fill the memory. */
const MOST_WAITING = 1_000;
/** Equal messages of so short a time may be in flight together; of older ones, the newest has come. */
const FLIGHT_MS = 5_000;

export function openLatencyMeter(): LatencyMeter {
  let waiting: { readonly key: string; readonly at: number; readonly seq: number }[] = [];
  return {
    take({ side, packet, at, seq }, errorMs) {
      // nothing from before comes on a new session of the reader, nor from the publisher's connection before
      const isNew =
        side === 'publisher' ? packet.type === 'CONNECT' : packet.type === 'CONNACK' && !packet.sessionPresent;
      if (isNew) waiting = [];
      if (packet.type !== 'PUBLISH' || packet.dup === true) return undefined;
      const key = JSON.stringify([packet.topic, packet.payload, packet.payloadBytes]);
      if (side === 'publisher') {
        if (packet.direction === 'sent') waiting = [...waiting.slice(1 - MOST_WAITING), { key, at, seq }];
        return undefined;
      }
      // a retained message was published at another time
      if (packet.direction === 'sent' || packet.retain === true) return undefined;
      const equal = waiting.filter((one) => one.key === key);
      const sent = equal.find((one) => at - one.at < FLIGHT_MS) ?? equal.at(-1);
      if (sent === undefined) return undefined;
      waiting = waiting.filter((one) => one.key !== key || one.at > sent.at);
      return { is: 'latency', ms: Math.round((at - sent.at) * 1000) / 1000, errorMs, seqs: [sent.seq, seq] };
    },
  };
}
