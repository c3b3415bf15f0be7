import { z } from 'zod';
import { shown } from './format.ts';

/** What any packet of a record has; the rest of its fields is told as it is. */
const packetSchema = z.looseObject({
  who: z.string(),
  direction: z.enum(['sent', 'received']),
  type: z.string(),
  at: z.number(),
  bytes: z.number().optional(),
});

/** A file as a host has it. */
export const fileSchema = z.object({ kind: z.literal('file'), path: z.string(), lines: z.array(z.string()) });

/** Fields that the line has in other words, or that say nothing. */
const TOLD = new Set(['who', 'direction', 'type', 'at', 'bytes']);
const LONGEST = 160;

/** Evidence as lines: packets with their time from the first one, lines of programs as they are. */
export function evidenceLines(evidence: readonly unknown[]): string[] {
  const times = evidence.flatMap((thing) => packetSchema.safeParse(thing).data?.at ?? []);
  const first = Math.min(...times);
  return evidence.flatMap((thing) => {
    const packet = packetSchema.safeParse(thing).data;
    if (packet !== undefined) return packetLine(packet, packet.at - first);
    const file = fileSchema.safeParse(thing).data;
    if (file !== undefined) return [`${file.path}:`, ...file.lines].map(shown);
    return shown(typeof thing === 'string' ? thing : (JSON.stringify(thing) ?? ''));
  });
}

function packetLine(packet: z.infer<typeof packetSchema>, afterMs: number): string {
  const { who, direction, type, bytes } = packet;
  const time = `${afterMs.toFixed(3)} ms`.padStart(13);
  const size = bytes === undefined ? '' : ` ${bytes} B`;
  const fields = Object.entries(packet).flatMap(([name, value]) =>
    TOLD.has(name) || value === false ? [] : [`${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`],
  );
  const text = `${time}  ${who} ${direction === 'sent' ? '→' : '←'} ${type}${size}  ${fields.join(', ')}`;
  return shown(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text).trimEnd();
}
