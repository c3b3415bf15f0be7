import type { EventOf } from '../protocol.ts';

/** Bytes of MQTT of a connection until `at`. */
export type Point = { readonly at: number; readonly bytes: number; readonly isPing: boolean };

/** Milliseconds that the plot shows. */
export const SHOWN_MS = 120_000;
/** Packets closer together than this are one point. */
const STEP_MS = 250;

/** Points with one packet more. Points before the shown time are dropped but for one, where the line comes in. */
export function withPoint(points: readonly Point[], { at, packet }: EventOf<'packet'>): Point[] {
  const last = points.at(-1);
  const before = points.at(-2);
  const isPing = packet.type === 'PINGREQ';
  const point = { at, bytes: (last?.bytes ?? 0) + packet.bytes, isPing };
  const isMerged = last !== undefined && !isPing && !last.isPing && before !== undefined && at - before.at < STEP_MS;
  let first = 0;
  while ((points[first + 1]?.at ?? at) < at - SHOWN_MS) first++;
  return [...points.slice(first, isMerged ? -1 : undefined), point];
}
