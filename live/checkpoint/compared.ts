import { median } from '../median.ts';
import type { LiveEvent } from '../protocol.ts';
import { openState } from '../state/state.ts';
import { bothHops, QOS } from './qos.ts';

/** What a message of a QoS took from the publisher to the subscriber, both hops together: the median of several. */
export type QosFigures = {
  readonly qos: number;
  readonly packets: number;
  readonly mqttBytes: number;
  readonly latencyMs: number;
};

/** The messages of each QoS that prove 2.2c, compared; none where a QoS is missing. */
export function comparedQos(proof: readonly LiveEvent[]): QosFigures[] {
  const state = openState();
  const bySeq = new Map(proof.map((event) => [event.seq, event]));
  const all = proof.flatMap((event) => bothHops(event, state.take(event)) ?? []);
  const figures = QOS.flatMap((qos) => {
    const messages = all
      .filter(({ sent, copy }) => sent.qos === qos && copy.qos === qos)
      .map(({ sent, copy }) => {
        const events = [...sent.seqs, ...copy.seqs].flatMap((seq) => bySeq.get(seq) ?? []);
        const mqttBytes = events.reduce((sum, one) => sum + (one.is === 'packet' ? one.packet.bytes : 0), 0);
        return { packets: events.length, mqttBytes, latencyMs: copy.publish.at - sent.publish.at };
      });
    const [packets, mqttBytes, latencyMs] = (['packets', 'mqttBytes', 'latencyMs'] as const).map((what) =>
      median(messages.map((message) => message[what])),
    );
    if (packets === undefined || mqttBytes === undefined || latencyMs === undefined) return [];
    return [{ qos, packets, mqttBytes, latencyMs }];
  });
  return figures.length === QOS.length ? figures : [];
}
