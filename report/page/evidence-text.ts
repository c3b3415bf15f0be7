import { z } from 'zod';
import { valueText } from './value-text.ts';

/** What any packet of a record has, and what is told of it in fewer words; the rest of its fields is told as it is. */
type Packet = {
  readonly who: string;
  readonly direction: 'sent' | 'received';
  readonly type: string;
  readonly at: number;
  readonly bytes?: number;
  readonly packetId?: number;
  readonly code?: number;
  readonly connect?: unknown;
};

/** A record has thousands of packets, and a schema takes as long for them as all the rest of the page. */
function isPacket(thing: unknown): thing is Packet {
  if (typeof thing !== 'object' || thing === null) return false;
  if (!('who' in thing && 'direction' in thing && 'type' in thing && 'at' in thing)) return false;
  return typeof thing.who === 'string' && typeof thing.type === 'string' && typeof thing.at === 'number';
}

const connectSchema = z.object({
  version: z.number(),
  clientId: z.string(),
  clean: z.boolean(),
  keepAlive: z.number(),
  user: z.string().optional(),
  will: z.object({ topic: z.string(), qos: z.number() }).optional(),
});

/** A file as a host has it. */
export const fileSchema = z.object({ kind: z.literal('file'), path: z.string(), lines: z.array(z.string()) });

/** Fields that a line has in other words, or that follow from others. */
const TOLD = new Set(['who', 'direction', 'type', 'at', 'bytes', 'packetId', 'code', 'connect', 'payloadBytes']);
const LONGEST_FIELD = 110;
/** So many lines at most, and fewer of a check that went as expected: a page of four hundred checks has to be sent by mail. */
const MOST_LINES = 30;
const MOST_LINES_AS_EXPECTED = 14;

/** Evidence as lines: packets and other moments with their time from the first one, lines of programs as they are. */
export function evidenceLines(evidence: readonly unknown[], isAsExpected = false): string[] {
  const first = evidence.reduce((least: number, thing) => Math.min(least, timeOf(thing) ?? least), Infinity);
  const lines = evidence.flatMap((thing) => {
    if (isPacket(thing)) return packetLine(thing, thing.at - first);
    const file = fileSchema.safeParse(thing).data;
    if (file !== undefined) return [`${file.path}:`, ...file.lines];
    return typeof thing === 'object' && thing !== null ? thingLine(thing, first) : String(thing);
  });
  const most = isAsExpected ? MOST_LINES_AS_EXPECTED : MOST_LINES;
  const rest = lines.length - most;
  return rest > 0 ? [...lines.slice(0, most), `${rest} more, in the records`] : lines;
}

function timeOf(thing: unknown): number | undefined {
  if (typeof thing !== 'object' || thing === null || !('at' in thing)) return undefined;
  return typeof thing.at === 'number' ? thing.at : undefined;
}

function packetLine(packet: Packet, afterMs: number): string {
  const { who, direction, type, bytes } = packet;
  const words = [...known(packet), ...others(packet)].join(', ');
  const size = bytes === undefined ? '' : ` ${bytes} B`;
  return `${timeText(afterMs)} ${who} ${direction === 'sent' ? '→' : '←'} ${type}${size} ${words}`.trimEnd();
}

/** Such as what the broker logged, or what ended a connection: its kind and what it says. */
function thingLine(thing: object, first: number): string {
  const at = timeOf(thing);
  const kind = 'kind' in thing && typeof thing.kind === 'string' ? `${thing.kind}: ` : '';
  const fields = Object.entries(thing).filter(([name]) => name !== 'at' && (name !== 'kind' || kind === ''));
  const words = fields.map(([name, value]) => `${name} ${fieldText(value)}`).join(', ');
  return `${at === undefined ? '' : `${timeText(at - first)} `}${kind}${words}`.trimEnd();
}

function timeText(ms: number): string {
  return `${ms.toFixed(1).padStart(8)} ms`;
}

function known({ type, packetId, code, connect }: Packet): string[] {
  const words = packetId === undefined ? [] : [`id ${packetId}`];
  // that an acknowledgement accepts is what one expects
  if (code !== undefined && (code !== 0 || type === 'CONNACK')) words.push(`code ${code}`);
  const { data } = connectSchema.safeParse(connect);
  if (data === undefined) return words;
  const { version, clientId, clean, keepAlive, user, will } = data;
  return [
    ...words,
    `MQTT ${version === 5 ? '5' : '3.1.1'}`,
    ...(user === undefined ? [] : [`user ${user}`]),
    clientId,
    `${clean ? 'clean' : 'keeps its session'}`,
    `keep alive ${keepAlive} s`,
    ...(will === undefined ? [] : [`will on ${will.topic} at QoS ${will.qos}`]),
  ];
}

function others(packet: Packet): string[] {
  return Object.entries(packet).flatMap(([name, value]) => {
    if (TOLD.has(name) || value === false || value === undefined) return [];
    return [value === true ? name : `${name} ${fieldText(value)}`];
  });
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : valueText(value);
  return text.length > LONGEST_FIELD ? `${text.slice(0, LONGEST_FIELD)}…` : text;
}
