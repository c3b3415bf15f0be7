import { printable } from '../../base/paint.ts';
import { type Measured, measured } from '../../records/measurements.ts';
import type { CheckRecord } from '../../records/record.ts';

const LEVELS = [0, 1, 2] as const;

/** A column of the table: a cell for each QoS, a dash where it was not measured. */
type Column = { readonly head: string; readonly cells: readonly string[] };

/** Cost of a message by QoS: its bytes on a hop by payload, and its latency to the first Pi, or only its bytes in the QoS table. */
export function costLines(records: readonly CheckRecord[]): string[] {
  const latencies = measured(records, 'latency');
  const pi = latencies[0]?.record.host;
  const own = latencies.filter(({ record }) => record.host === pi);
  const sizes = sizeColumns(records);
  const columns = [...sizes, ...latencyColumns(own)];
  if (columns.length === 0) return matrixLine(records);
  const what = [
    ...(sizes.length > 0 ? ['bytes of MQTT on a hop'] : []),
    ...(own.length > 0 ? [`latency to ${printable(pi ?? 'a Pi')}, p50/p99 in ms${uncertainty(own)}`] : []),
  ];
  const rows = LEVELS.map((qos) => [String(qos), ...columns.map(({ cells }) => cells[qos] ?? '')]);
  return [`a message: ${what.join('; ')}`, ...aligned([['QoS', ...columns.map(({ head }) => head)], ...rows])];
}

/** By payload; both hops where they differ. */
function sizeColumns(records: readonly CheckRecord[]): Column[] {
  const found = measured(records, 'size').map(({ observed }) => observed);
  const payloads = [...new Set(found.map(({ payloadBytes }) => payloadBytes))].sort((one, other) => one - other);
  return payloads.map((payload) => ({
    head: `payload ${payload}`,
    cells: LEVELS.map((level) => {
      const one = found.find(({ payloadBytes, qos }) => payloadBytes === payload && qos === level);
      if (one === undefined) return '–';
      return hopText(one.hops.publisher.mqttBytes / one.messages, one.hops.subscriber.mqttBytes / one.messages);
    }),
  }));
}

/** Pairs with the same QoS at both ends, in the version of MQTT that all labs speak. */
function matrixLine(records: readonly CheckRecord[]): string[] {
  const pairs = measured(records, 'qos pair').filter(({ subject }) => subject.version === '3.1.1');
  const words = LEVELS.flatMap((qos) => {
    const pair = pairs.find(({ subject }) => subject.published === qos && subject.requested === qos);
    return pair === undefined
      ? []
      : [`QoS ${qos} ${hopText(pair.observed.bytes.publisher, pair.observed.bytes.subscriber)}`];
  });
  return words.length === 0 ? [] : [`bytes of a message on a hop, MQTT 3.1.1: ${words.join('; ')}`];
}

function hopText(publisher: number, subscriber: number): string {
  return publisher === subscriber ? tidy(publisher) : `${tidy(publisher)}, ${tidy(subscriber)}`;
}

function latencyColumns(latencies: readonly Measured<'latency'>[]): Column[] {
  if (latencies.length === 0) return [];
  return [true, false].map((noDelay) => ({
    head: noDelay ? 'TCP_NODELAY' : 'Nagle',
    cells: LEVELS.map((qos) => {
      const found = latencies.find(({ observed }) => observed.qos === qos && observed.noDelay === noDelay);
      return found === undefined ? '–' : `${milliseconds(found.observed.p50Us)}/${milliseconds(found.observed.p99Us)}`;
    }),
  }));
}

/** ` (± 0.47)` where the Pi has a clock of its own. */
function uncertainty(latencies: readonly Measured<'latency'>[]): string {
  const uncertain = latencies.map(({ observed: { clock } }) => (clock.kind === 'exchanged' ? clock.uncertaintyUs : 0));
  const us = Math.max(0, ...uncertain);
  return us === 0 ? '' : ` (± ${milliseconds(us)})`;
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
