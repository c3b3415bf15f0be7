import type { Sequence, SequencePacket } from '../../../records/measured/sequence.ts';
import type { Sentence } from './sentence.ts';

/** The packets of a message by the end that saw them, each in time. */
export type Hops = { readonly publisher: readonly SequencePacket[]; readonly subscriber: readonly SequencePacket[] };

/** A record's evidence has the publisher's packets first; the subscriber's begin with the PUBLISH that it received. */
export function hopsOf(packets: readonly SequencePacket[]): Hops {
  const found = packets.findIndex(({ type, direction }) => type === 'PUBLISH' && direction === 'received');
  const at = found < 0 ? packets.length : found;
  const inTime = (one: SequencePacket, other: SequencePacket) => one.at - other.at;
  return { publisher: packets.slice(0, at).sort(inTime), subscriber: packets.slice(at).sort(inTime) };
}

const EXCHANGES = [['PUBLISH'], ['PUBLISH', 'PUBACK'], ['PUBLISH', 'PUBREC', 'PUBREL', 'PUBCOMP']] as const;
const GUARANTEES = ['at most once', 'at least once', 'exactly once'] as const;

/** Whether both hops took the packets of their QoS (MQTT 3.1.1 and 5, 4.3). */
export function exchangeSentence(qos: Sequence['qos'], { publisher, subscriber }: Hops): Sentence {
  const wanted = EXCHANGES[qos].join(', ');
  const seen = [publisher, subscriber].map((packets) => packets.map(({ type }) => type).join(', '));
  if (seen.every((types) => types === wanted)) {
    const count = EXCHANGES[qos].length;
    const packets = count === 1 ? 'one packet' : `${count} packets`;
    return {
      says: 'so',
      text: `QoS ${qos}, ${GUARANTEES[qos]}: ${packets} on each hop (${wanted}), as 4.3 of the standard has it.`,
    };
  }
  const [sent = '', received = ''] = seen.map((types) => types || 'nothing');
  return {
    says: 'not so',
    text: `at QoS ${qos} each hop takes ${wanted}; the publisher saw ${sent}, the subscriber ${received}.`,
  };
}

/** When a broker passed a QoS 2 message on: the standard leaves it open whether before or after the PUBREL (4.3.3, both methods). */
export function passedOnSentence({ publisher, subscriber }: Hops, clock: Sequence['clock']): Sentence | undefined {
  const released = publisher.find(({ type }) => type === 'PUBREL');
  const arrived = subscriber.find(({ type }) => type === 'PUBLISH');
  if (released === undefined || arrived === undefined) return undefined;
  const afterMs = arrived.at - released.at;
  const uncertainMs = clock.kind === 'same' ? 0 : clock.uncertaintyUs / 1000;
  if (Math.abs(afterMs) <= uncertainMs) {
    return {
      says: 'open',
      text: 'Whether the broker passed it on before the PUBREL is within the uncertainty of the clocks.',
    };
  }
  const apart = `${Math.abs(afterMs).toFixed(3)} ms`;
  return {
    says: 'so',
    text:
      afterMs > 0
        ? `It reached the subscriber ${apart} after the publisher’s PUBREL: this broker keeps a message of QoS 2 until it is released, so that its latency has one more round trip.`
        : `It reached the subscriber ${apart} before the publisher’s PUBREL: this broker passes a message of QoS 2 on as soon as it has it.`,
  };
}

/** Whether what mosquitto_sub -d printed names the packets that the subscriber beside it saw on the wire. */
export function debugSentence({ lines }: Sequence['debug'], { subscriber }: Hops): Sentence {
  const printed = lines.flatMap((line) => /\b(?:received|sending) (PUB[A-Z]+)/.exec(line)?.[1] ?? []);
  const seen = subscriber.map(({ type }) => type);
  if (printed.join() === seen.join()) {
    return { says: 'so', text: 'It printed the same packets in the same order as were seen on the wire.' };
  }
  return {
    says: 'not so',
    text: `it printed ${printed.join(', ') || 'no packet of the message'}, and on the wire there were ${seen.join(', ') || 'none'}.`,
  };
}
