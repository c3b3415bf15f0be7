import { hop } from '../../../probes/mqtt/hop.ts';
import type { HopSize, Size } from '../../../records/measured/size.ts';
import type { Measured } from '../../../records/measurements.ts';
import { bytesText, counted, listed, whole } from '../format.ts';
import { type Conclusion, confirmed, contradicted, inconclusive } from './conclusion.ts';

export const HOPS = ['publisher', 'subscriber'] as const;
export type HopName = (typeof HOPS)[number];

/** What one message cost on one hop, averaged over the messages of a measurement. */
export type HopCost = {
  readonly mqttBytes: number;
  readonly packets: number;
  /** Bytes of MQTT by the standard's arithmetic. */
  readonly wantedBytes: number;
  /** Bytes of IP packets, both directions, where the kernel's counters could be read. */
  readonly ipBytes: number | undefined;
};

export function costOf({ qos, topic, payloadBytes, messages, hops }: Size, name: HopName): HopCost {
  const { types, mqttBytes, ip } = hops[name];
  const steps = hop(name, { qos, topic, payloadBytes });
  return {
    mqttBytes: mqttBytes / messages,
    packets: packetsOf(types) / messages,
    wantedBytes: steps.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    ipBytes: ip === undefined ? undefined : ip.bytes / messages,
  };
}

type IpAmount = NonNullable<HopSize['ip']>;

function packetsOf(types: HopSize['types']): number {
  return Object.values(types).reduce((sum, { packets }) => sum + packets, 0);
}

/** Whether every hop took the bytes of MQTT that sections 3.3 to 3.7 of the standard add up to. */
export function arithmeticConclusion(sizes: readonly Size[]): Conclusion {
  const hops = sizes.flatMap((size) => HOPS.map((name) => ({ size, name, cost: costOf(size, name) })));
  const wrong = hops.filter(({ cost }) => cost.mqttBytes !== cost.wantedBytes);
  if (wrong.length === 0) {
    return confirmed(
      `On all ${hops.length} hops a message took exactly the bytes of MQTT that the standard’s arithmetic gives: fixed header, topic, packet id above QoS 0 and payload for the PUBLISH, 4 bytes for each acknowledgement.`,
    );
  }
  const each = wrong.map(({ size, name, cost }) => {
    return `${bytesText(size.payloadBytes)} at QoS ${size.qos} took ${number(cost.mqttBytes)} B on the ${name}’s hop, by the arithmetic ${whole(cost.wantedBytes)} B`;
  });
  return contradicted(`A payload of ${listed(each)}.`);
}

/** What QoS 1 and 2 add to QoS 0 on the publisher's hop, at the smallest and the largest payload. */
export function addedConclusions(sizes: readonly Size[]): Conclusion[] {
  const payloads = [...new Set(sizes.map(({ payloadBytes }) => payloadBytes))].sort((one, other) => one - other);
  const ends = [...new Set([payloads[0], payloads.at(-1)])];
  return ends.flatMap((payloadBytes) => {
    const at = (qos: number) => {
      const size = sizes.find((one) => one.payloadBytes === payloadBytes && one.qos === qos);
      return size === undefined ? undefined : costOf(size, 'publisher').mqttBytes;
    };
    const zero = at(0);
    if (zero === undefined || payloadBytes === undefined) return [];
    const added = ([1, 2] as const).flatMap((qos) => {
      const bytes = at(qos);
      return bytes === undefined ? [] : [{ qos, more: bytes - zero }];
    });
    if (added.length === 0) return [];
    const each = added.map(({ qos, more }) => `QoS ${qos} adds ${signed(more)} B (${percent(more, zero)})`);
    const conclude = added.every(({ more }) => more > 0) ? confirmed : contradicted;
    return [conclude(`To a message with a payload of ${bytesText(payloadBytes)}, ${listed(each)} on a hop.`)];
  });
}

/** Smallest headers of a segment (IPv4, RFC 791, and TCP, RFC 9293, both without options). */
const LEAST_HEADERS = 40;

/** Whether headers took more bytes than MQTT on the network, at the smallest payload with the kernel's counters. */
export function overheadConclusion(sizes: readonly Size[]): Conclusion | undefined {
  const known = sizes.flatMap((size) => {
    const { mqttBytes, ip } = size.hops.publisher;
    return ip === undefined ? [] : [{ size, mqttBytes, ip }];
  });
  const smallest = Math.min(...known.map(({ size }) => size.payloadBytes));
  const own = known.filter(({ size }) => size.payloadBytes === smallest);
  if (own.length === 0) return undefined;
  const each = own.map(({ size: { qos, messages }, mqttBytes, ip }) => {
    return `at QoS ${qos} ${number(ip.bytes / messages)} bytes of IP packets for ${number(mqttBytes / messages)} of MQTT`;
  });
  const heavier = own.filter(({ mqttBytes, ip }) => ip.bytes - mqttBytes > mqttBytes);
  const lighter = own.filter((one) => !heavier.includes(one));
  const rest = ` a payload of ${bytesText(smallest)} took ${listed(each)}.${segmentText(own.map(({ ip }) => ip))}`;
  if (lighter.length === 0) return confirmed(`On the network the headers weigh more than MQTT:${rest}`);
  const where = heavier.length === 0 ? '' : ` at ${listed(lighter.map(({ size }) => `QoS ${size.qos}`))}`;
  const text = `On the network the headers weigh no more than MQTT${where}:${rest}`;
  // at larger payloads MQTT takes more bytes in any case
  const isOdd = lighter.some(({ size, mqttBytes }) => mqttBytes / packetsOf(size.hops.publisher.types) < LEAST_HEADERS);
  return isOdd ? contradicted(text) : inconclusive(text);
}

/** Average headers of a segment: the kernel's bytes without those of the stream. */
function segmentText(amounts: readonly IpAmount[]): string {
  const sum = (of: (amount: IpAmount) => number) => amounts.reduce((total, amount) => total + of(amount), 0);
  const segments = sum(({ segmentsSent, segmentsReceived }) => segmentsSent + segmentsReceived);
  if (segments === 0) return '';
  const headers = sum(({ bytes, streamBytes }) => bytes - streamBytes) / segments;
  return ` Each segment had ${number(headers)} bytes of IP and TCP headers, and acknowledgements of TCP are segments too.`;
}

type SizeGroup = { readonly payloadBytes: number; readonly own: Measured<'size'>[] };

/** The measurements of each payload, by size and QoS. */
export function byPayload(all: readonly Measured<'size'>[]): SizeGroup[] {
  const payloads = [...new Set(all.map(({ observed }) => observed.payloadBytes))].sort((one, other) => one - other);
  return payloads.map((payloadBytes) => {
    const own = all.filter(({ observed }) => observed.payloadBytes === payloadBytes);
    return { payloadBytes, own: own.sort((one, other) => one.observed.qos - other.observed.qos) };
  });
}

/** Whole numbers without decimals, others with one. */
export function number(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: 1 });
}

function signed(value: number): string {
  return `${value < 0 ? '−' : ''}${number(Math.abs(value))}`;
}

function percent(more: number, of: number): string {
  const share = (more / of) * 100;
  return `${share < 0 ? '−' : '+'}${Math.abs(share).toFixed(Math.abs(share) < 1 ? 2 : 0)} %`;
}

/** `5 messages each`. */
export function messagesText(sizes: readonly Size[]): string {
  const counts = [...new Set(sizes.map(({ messages }) => messages))].sort((one, other) => one - other);
  return `${counts.length === 1 ? counted(counts[0] ?? 0, 'message') : `${whole(counts[0] ?? 0)} to ${counted(counts.at(-1) ?? 0, 'message')}`} each`;
}
