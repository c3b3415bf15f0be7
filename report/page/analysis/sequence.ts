import type { Sequence, SequencePacket } from '../../../records/measured/sequence.ts';
import { type Conclusion, confirmed, contradicted, inconclusive } from './conclusion.ts';

/** The packets of a message by the end that saw them, each in time. */
export type Hops = { readonly publisher: readonly SequencePacket[]; readonly subscriber: readonly SequencePacket[] };

/** A record's evidence lists the publisher's packets first; the subscriber's begin with the PUBLISH that it received. */
export function hopsOf(packets: readonly SequencePacket[]): Hops {
  const found = packets.findIndex(({ type, direction }) => type === 'PUBLISH' && direction === 'received');
  const at = found < 0 ? packets.length : found;
  const inTime = (one: SequencePacket, other: SequencePacket) => one.at - other.at;
  return { publisher: packets.slice(0, at).sort(inTime), subscriber: packets.slice(at).sort(inTime) };
}

const EXCHANGES = [['PUBLISH'], ['PUBLISH', 'PUBACK'], ['PUBLISH', 'PUBREC', 'PUBREL', 'PUBCOMP']] as const;
const GUARANTEES = ['at most once', 'at least once', 'exactly once'] as const;

/** Whether both hops took the packets of their QoS (MQTT 3.1.1 and 5, 4.3). */
export function exchangeConclusion(qos: Sequence['qos'], { publisher, subscriber }: Hops): Conclusion {
  const wanted = EXCHANGES[qos].join(', ');
  const [sent, received] = [typesOf(publisher), typesOf(subscriber)];
  if (sent !== wanted || received !== wanted) {
    return contradicted(
      `At QoS ${qos} each hop takes ${wanted}; the publisher saw ${sent || 'nothing'}, the subscriber ${received || 'nothing'}.`,
    );
  }
  const count = EXCHANGES[qos].length;
  const packets = count === 1 ? 'one packet' : `${count} packets`;
  return confirmed(
    `QoS ${qos}, ${GUARANTEES[qos]}: ${packets} on each hop (${wanted}), as section 4.3 of the standard says.`,
  );
}

function typesOf(packets: readonly SequencePacket[]): string {
  return packets.map(({ type }) => type).join(', ');
}

/** When the broker passed a QoS 2 message on: the standard permits it before and after the PUBREL (4.3.3, methods A and B). */
export function passedOnConclusion(hops: Hops, clock: Sequence['clock']): Conclusion | undefined {
  const afterMs = afterReleaseMs(hops);
  if (afterMs === undefined) return undefined;
  if (Math.abs(afterMs) <= uncertaintyMs(clock)) {
    return inconclusive(
      'The clocks are too uncertain to tell whether the broker passed the message on before or after the PUBREL.',
    );
  }
  const apart = `${Math.abs(afterMs).toFixed(3)} ms`;
  return confirmed(
    afterMs > 0
      ? `It reached the subscriber ${apart} after the publisher’s PUBREL: this broker keeps a message of QoS 2 until its release, which costs one more round trip.`
      : `It reached the subscriber ${apart} before the publisher’s PUBREL: this broker passes a message of QoS 2 on as soon as it receives it.`,
  );
}

/** Milliseconds from the publisher's PUBREL to the PUBLISH at the subscriber; undefined where one of them is missing. */
export function afterReleaseMs({ publisher, subscriber }: Hops): number | undefined {
  const released = publisher.find(({ type }) => type === 'PUBREL');
  const arrived = subscriber.find(({ type }) => type === 'PUBLISH');
  return released === undefined || arrived === undefined ? undefined : arrived.at - released.at;
}

export function uncertaintyMs(clock: Sequence['clock']): number {
  return clock.kind === 'same' ? 0 : clock.uncertaintyUs / 1000;
}

/** Whether mosquitto_sub -d printed the packets that the subscriber beside it saw on the wire. */
export function debugConclusion({ lines }: Sequence['debug'], { subscriber }: Hops): Conclusion {
  const printed = lines.flatMap((line) => /\b(?:received|sending) (PUB[A-Z]+)/.exec(line)?.[1] ?? []).join(', ');
  const seen = typesOf(subscriber);
  if (printed === seen) return confirmed('It printed the packets that were on the wire, in the same order.');
  return contradicted(
    `It printed ${printed || 'no packet of the message'}, and on the wire there were ${seen || 'none'}.`,
  );
}
