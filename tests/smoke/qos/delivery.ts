import { isDeepStrictEqual } from 'node:util';
import { deliveryOf, hop, type Step, stepsOf } from '../../../probes/hop.ts';
import type { Packet } from '../../../probes/packet.ts';
import type { QoS } from '../../../probes/session.ts';
import type { Finding } from '../support/check.ts';

/** What arrived of one message, and the control packets that each end saw of it. */
export type Delivery = {
  readonly topic: string;
  readonly qos: QoS;
  readonly payload: Buffer;
  /** Payloads that arrived and carry the message's nonce, altered ones too. */
  readonly arrived: readonly Buffer[];
  readonly publisher: readonly Packet[];
  readonly subscriber: readonly Packet[];
};

/** Every byte there is, after a nonce: a payload that nothing on its way may read as text. */
export function binaryPayload(nonce: string): Buffer {
  return Buffer.concat([Buffer.from(nonce), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))]);
}

/** Exactly once, unaltered, by the control packets of its QoS; their sizes too, where an end can tell them. */
export function judgeDelivery(delivery: Delivery): Finding {
  const { topic, qos, payload, arrived } = delivery;
  const publisher = stepsOf(delivery.publisher);
  const subscriber = stepsOf(delivery.subscriber);
  const observed = { copies: arrived.length, publisher: publisher.map(stepText), subscriber: subscriber.map(stepText) };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (arrived.length !== 1) return fail(`${arrived.length} copies arrived, not one`);
  if (arrived[0]?.equals(payload) !== true) return fail('the payload was altered');
  for (const [role, steps] of [['publisher', publisher] as const, ['subscriber', subscriber] as const]) {
    const wanted = hop(role, qos, topic, payload.length);
    if (!sameSteps(steps, wanted)) {
      return fail(`the ${role} saw ${listOf(steps)}, not ${listOf(wanted)}`);
    }
  }
  const flags = [...delivery.publisher, ...delivery.subscriber].filter(({ type }) => type === 'PUBLISH');
  if (flags.some((packet) => packet.qos !== qos)) return fail(`a PUBLISH has another QoS than ${qos}`);
  if (flags.some(({ dup }) => dup)) return fail('a PUBLISH has the DUP flag');
  return { verdict: 'pass', observed };
}

export function expectedDelivery(qos: QoS, topic: string, payloadBytes: number): object {
  const steps = (role: 'publisher' | 'subscriber') => hop(role, qos, topic, payloadBytes).map(stepText);
  return { copies: 1, publisher: steps('publisher'), subscriber: steps('subscriber') };
}

/** The packets of the delivery that `isPublish` begins; none when it is not there. */
export function deliveryPackets(packets: readonly Packet[], isPublish: (packet: Packet) => boolean): Packet[] {
  const publish = packets.find(isPublish);
  return publish === undefined ? [] : deliveryOf(publish, packets);
}

function sameSteps(seen: readonly Step[], wanted: readonly Step[]): boolean {
  const comparable = wanted.map(({ direction, type, bytes }, index) =>
    seen[index]?.bytes === undefined ? { direction, type } : { direction, type, bytes },
  );
  return isDeepStrictEqual(seen, comparable);
}

/** Steps in words, for a reason. */
export function listOf(steps: readonly Step[]): string {
  return steps.length === 0 ? 'no packet' : steps.map(stepText).join(', ');
}

/** Such as `→ PUBLISH 17`. */
export function stepText({ direction, type, bytes }: Step): string {
  return `${direction === 'sent' ? '→' : '←'} ${type}${bytes === undefined ? '' : ` ${bytes}`}`;
}
