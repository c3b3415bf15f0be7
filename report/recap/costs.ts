import { z } from 'zod';
import { printable } from '../../base/paint.ts';
import { clockSchema } from '../../records/measured/clock.ts';
import type { CheckRecord } from '../../records/record.ts';

const LEVELS = [0, 1, 2] as const;
const SOCKETS = [
  { word: 'nodelay', name: 'TCP_NODELAY' },
  { word: 'nagle', name: 'Nagle' },
] as const;

const hop = z.object({ mqttBytes: z.number() });
const sizeSchema = z.object({ messages: z.number().positive(), hops: z.object({ publisher: hop, subscriber: hop }) });
const latencySchema = z.object({
  p50Us: z.number(),
  p99Us: z.number(),
  clock: clockSchema.optional().catch(undefined),
});
const ends = z.object({ publisher: z.number(), subscriber: z.number() });
const matrixSchema = z.object({ bytes: ends });

/** A column of the table: a cell for each QoS, empty where it was not measured. */
type Column = { readonly head: string; readonly cells: readonly string[] };

/**
 * What a message of each QoS costs: its bytes on a hop by payload, and how long it took to the first Pi that has latencies; where neither was measured
 * its bytes in the table of QoS.
 */
export function costLines(records: readonly CheckRecord[]): string[] {
  const pi = records.flatMap(({ id, observed }) => (latencyOf(id, observed) === undefined ? [] : [piOf(id)]))[0];
  const sizes = sizeColumns(records);
  const columns = [...sizes, ...(pi === undefined ? [] : latencyColumns(records, pi))];
  if (columns.length === 0) return matrixLine(records);
  const what = [
    ...(sizes.length > 0 ? ['bytes of MQTT on a hop'] : []),
    ...(pi === undefined ? [] : [`latency to ${printable(pi)}, p50/p99 in ms${uncertainty(records, pi)}`]),
  ];
  const rows = LEVELS.map((qos) => [String(qos), ...columns.map(({ cells }) => cells[qos] ?? '')]);
  return [`a message: ${what.join('; ')}`, ...aligned([['QoS', ...columns.map(({ head }) => head)], ...rows])];
}

/** By payload; both hops where they differ. */
function sizeColumns(records: readonly CheckRecord[]): Column[] {
  const found = records.flatMap(({ id, observed }) => {
    const [, group, qos, payload = ''] = id.split('.');
    const { data } = sizeSchema.safeParse(observed);
    return group !== 'size' || data === undefined ? [] : [{ qos, payload, ...data }];
  });
  const payloads = [...new Set(found.map(({ payload }) => payload))].sort((one, other) => Number(one) - Number(other));
  return payloads.map((payload) => ({
    head: `payload ${payload}`,
    cells: LEVELS.map((level) => {
      const one = found.find((size) => size.payload === payload && size.qos === `q${level}`);
      if (one === undefined) return '–';
      return hopText(one.hops.publisher.mqttBytes / one.messages, one.hops.subscriber.mqttBytes / one.messages);
    }),
  }));
}

/** Of the pairs with one QoS at both ends, in the one version of MQTT that all labs speak. */
function matrixLine(records: readonly CheckRecord[]): string[] {
  const words = LEVELS.flatMap((qos) => {
    const record = records.find(({ id }) => id === `qos.matrix.p${qos}s${qos}.v311`);
    const { data } = matrixSchema.safeParse(record?.observed);
    return data === undefined ? [] : [`QoS ${qos} ${hopText(data.bytes.publisher, data.bytes.subscriber)}`];
  });
  return words.length === 0 ? [] : [`bytes of a message on a hop, MQTT 3.1.1: ${words.join('; ')}`];
}

function hopText(publisher: number, subscriber: number): string {
  return publisher === subscriber ? tidy(publisher) : `${tidy(publisher)}, ${tidy(subscriber)}`;
}

function latencyColumns(records: readonly CheckRecord[], pi: string): Column[] {
  return SOCKETS.map(({ word, name }) => ({
    head: name,
    cells: LEVELS.map((qos) => {
      const record = records.find(({ id }) => id === `qos.latency.q${qos}.${word}.${pi}`);
      const found = record === undefined ? undefined : latencyOf(record.id, record.observed);
      return found === undefined ? '–' : `${milliseconds(found.p50Us)}/${milliseconds(found.p99Us)}`;
    }),
  }));
}

/** ` (± 0.47)` where the Pi's clock is another one. */
function uncertainty(records: readonly CheckRecord[], pi: string): string {
  const found = records.flatMap(({ id, observed }) => (piOf(id) === pi ? (latencyOf(id, observed)?.clock ?? []) : []));
  const us = Math.max(0, ...found.map((clock) => (clock.kind === 'exchanged' ? clock.uncertaintyUs : 0)));
  return us === 0 ? '' : ` (± ${milliseconds(us)})`;
}

function latencyOf(id: string, observed: unknown): z.infer<typeof latencySchema> | undefined {
  return id.startsWith('qos.latency.') ? latencySchema.safeParse(observed).data : undefined;
}

function piOf(id: string): string {
  return id.split('.').slice(4).join('.');
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const wide = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(wide[column] ?? 0)).join('   ')}`.trimEnd());
}

function milliseconds(us: number): string {
  return (us / 1000).toFixed(us < 9_950 ? 2 : 0).replace('-0.00', '0.00');
}

function tidy(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
