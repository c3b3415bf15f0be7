import { hop } from '../../../../probes/mqtt/hop.ts';
import type { Environment } from '../../../../records/environment.ts';
import type { Latency } from '../../../../records/measured/latency.ts';
import type { SequencePacket } from '../../../../records/measured/sequence.ts';
import type { Size } from '../../../../records/measured/size.ts';
import type { CheckRecord } from '../../../../records/record.ts';
import { type Results, results } from '../../../../records/results.ts';
import { recordOf as plainRecord } from '../../records/_record.ts';
import { planned } from '../_planned.ts';

export type Level = 0 | 1 | 2;
export const LEVELS: readonly Level[] = [0, 1, 2];
const BEGIN = Date.UTC(2026, 0, 2, 3, 4, 5);

export const ENVIRONMENT: Environment = {
  lab: 'fixture',
  scope: 'default',
  full: true,
  startedAt: BEGIN,
  durationMs: 44_000,
  node: '20.19.0',
  broker: { address: '127.0.0.1', port: 1883, version: 'mosquitto 2.0.11' },
  pis: ['pi'],
  clients: { 'this machine': 'mqtt.js 5.16.0', pi: 'mosquitto-clients 2.0.11' },
  hosts: [
    {
      name: 'this machine',
      place: 'this machine',
      system: 'Debian GNU/Linux 12 (bookworm)',
      architecture: 'x86_64',
      kernel: '6.1',
      isSameKernel: true,
    },
    {
      name: 'pi',
      place: 'container',
      system: 'Debian GNU/Linux 12 (bookworm)',
      architecture: 'x86_64',
      kernel: '6.1',
      isSameKernel: true,
    },
  ],
};

/** A record that passed, with subject and host of the check that has this id. */
export function recordOf(id: CheckRecord['id'], more: Partial<CheckRecord> = {}): CheckRecord {
  const versions = { broker: 'mosquitto 2.0.11', client: 'mqtt.js 5.16.0' };
  const made = { claim: `the claim of ${id}`, expected: {}, observed: {}, ...planned(id), versions };
  return plainRecord(id, { ...made, startedAt: BEGIN, durationMs: 12, ...more });
}

/** Results of these records, of a lab with nothing special. */
export function resultsOf(records: readonly CheckRecord[], environment: Partial<Environment> = {}): Results {
  return results(records, { ...ENVIRONMENT, ...environment });
}

/** The packets of a message on both hops, a millisecond apart, the subscriber's after the publisher's. */
export function packetsOf(published: Level, delivered: Level, topic = 'status', payloadBytes = 32): SequencePacket[] {
  const own = (role: 'publisher' | 'subscriber', who: string, qos: Level, from: number) =>
    hop(role, { qos, topic, payloadBytes }).map(({ direction, type, bytes }, index) => ({
      ...{ who, direction, type, at: BEGIN + from + index },
      ...(bytes === undefined ? {} : { bytes }),
      ...(qos === 0 ? {} : { packetId: 7 }),
      ...(type === 'PUBLISH' ? { qos, dup: false, retain: false } : {}),
    }));
  return [...own('publisher', 'sam', published, 0), ...own('subscriber', 'alice', delivered, 4.5)];
}

/** Sizes by the standard's arithmetic. */
export function sizeOf(qos: Level, payloadBytes: number): Size {
  const one = (role: 'publisher' | 'subscriber') => {
    const steps = hop(role, { qos, topic: 'status', payloadBytes });
    const types = Object.fromEntries(steps.map(({ type, bytes = 0 }) => [type, { packets: 1, bytes }]));
    const mqttBytes = steps.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
    const ip = { bytes: mqttBytes + 104, streamBytes: mqttBytes, segmentsSent: 1, segmentsReceived: 1 };
    return { host: 'pi', types, mqttBytes, ip };
  };
  const hops = { publisher: one('publisher'), subscriber: one('subscriber') };
  return { qos, topic: 'status', payloadBytes, messages: 1, hops };
}

/** Unordered latencies between half and twice the median, with `held` ones of 40 ms at the end. */
export function latencyOf(qos: Level, noDelay: boolean, p50Us: number, held = 0): Latency {
  const messages = 200;
  const latenciesUs = Array.from({ length: messages }, (_, index) =>
    index >= messages - held ? 40_000 : Math.round(p50Us * 2 ** ((2 * ((index * 37) % 101)) / 100 - 1)),
  );
  const sorted = [...latenciesUs].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(share * (messages - 1))] ?? 0;
  return {
    ...{ qos, noDelay, payloadBytes: 100, messages, lost: 0, perSecond: 250, brokerNoDelay: true },
    clock: { kind: 'same' },
    latenciesUs,
    ...{ p50Us: at(0.5), p95Us: at(0.95), p99Us: at(0.99), maxUs: at(1), eventLoopP99Us: 90 },
  };
}
