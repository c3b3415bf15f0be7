import * as z from 'zod';
import { fileSchema } from '../../records/measured/file.ts';
import { packetSchema, type SequencePacket } from '../../records/measured/sequence.ts';
import { valueText } from './value-text.ts';

/** Log lines, ends of connections and the like: a kind, often a time, and further fields. */
const eventSchema = z.looseObject({ at: z.number().optional(), kind: z.string().optional() });
const timedSchema = z.object({ at: z.number() });

/** Fields that a packet's line shows in other words, or that follow from others. */
const SHOWN = new Set(['who', 'direction', 'type', 'at', 'bytes', 'packetId', 'code', 'connect', 'payloadBytes']);
const LONGEST_FIELD = 110;
/** A page of four hundred checks has to fit into a mail, so a check that passed shows fewer lines. */
const MOST_LINES = 30;
const MOST_LINES_PASSED = 14;

/** Evidence as lines: packets and events with their time from the first one, lines of programs unchanged. */
export function evidenceLines(evidence: readonly unknown[], isPassed = false): string[] {
  const most = isPassed ? MOST_LINES_PASSED : MOST_LINES;
  const first = Math.min(...evidence.map((thing) => timedSchema.safeParse(thing).data?.at ?? Number.POSITIVE_INFINITY));
  // thousands of packets may follow
  const lines = evidence.slice(0, most).flatMap((thing) => linesOf(thing, first));
  const rest = lines.length + Math.max(0, evidence.length - most) - most;
  return rest > 0 ? [...lines.slice(0, most), `${rest} more, in the records`] : lines;
}

function linesOf(thing: unknown, first: number): string[] {
  const packet = packetSchema.safeParse(thing).data;
  if (packet !== undefined) return [packetLine(packet, packet.at - first)];
  const file = fileSchema.safeParse(thing).data;
  if (file !== undefined) return [`${file.path}:`, ...file.lines];
  const event = eventSchema.safeParse(thing).data;
  return [event === undefined ? String(thing) : eventLine(event, first)];
}

function packetLine(packet: SequencePacket, afterMs: number): string {
  const { who, direction, type, bytes } = packet;
  const words = [...known(packet), ...others(packet)].join(', ');
  const size = bytes === undefined ? '' : ` ${bytes} B`;
  return `${timeText(afterMs)} ${who} ${direction === 'sent' ? '→' : '←'} ${type}${size} ${words}`.trimEnd();
}

function eventLine({ at, kind, ...fields }: z.infer<typeof eventSchema>, first: number): string {
  const words = Object.entries(fields).map(([name, value]) => `${name} ${fieldText(value)}`);
  const time = at === undefined ? '' : `${timeText(at - first)} `;
  return `${time}${kind === undefined ? '' : `${kind}: `}${words.join(', ')}`.trimEnd();
}

function timeText(ms: number): string {
  return `${ms.toFixed(1).padStart(8)} ms`;
}

function known({ type, packetId, code, connect }: SequencePacket): string[] {
  const words = packetId === undefined ? [] : [`id ${packetId}`];
  // any other acknowledgement is expected to have code 0
  if (code !== undefined && (code !== 0 || type === 'CONNACK')) words.push(`code ${code}`);
  if (connect === undefined) return words;
  const { version, clientId, clean, keepAlive, user, will } = connect;
  return [
    ...words,
    `MQTT ${version === 5 ? '5' : '3.1.1'}`,
    ...(user === undefined ? [] : [`user ${user}`]),
    clientId,
    clean ? 'clean session' : 'persistent session',
    `keep alive ${keepAlive} s`,
    ...(will === undefined ? [] : [`will on ${will.topic} at QoS ${will.qos}`]),
  ];
}

function others(packet: SequencePacket): string[] {
  return Object.entries(packet).flatMap(([name, value]) => {
    if (SHOWN.has(name) || value === false || value === undefined) return [];
    return [value === true ? name : `${name} ${fieldText(value)}`];
  });
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : valueText(value);
  return text.length > LONGEST_FIELD ? `${text.slice(0, LONGEST_FIELD)}…` : text;
}
