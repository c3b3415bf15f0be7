import type { Environment } from '../../../../records/environment.ts';
import type { CheckRecord } from '../../../../records/record.ts';
import type { ComparedRun } from '../../../../report/compare/find-run.ts';
import { ENVIRONMENT, type Level, latencyOf, recordOf } from '../page/_results.ts';

export function run(records: readonly CheckRecord[], environment: Partial<Environment> = {}, name = 'r'): ComparedRun {
  const byId = new Map(records.map((one) => [one.id, one]));
  const own = { ...ENVIRONMENT, ...environment };
  return { name, file: `/runs/${name}/results.json`, environment: own, records: byId };
}

/** A latency check with this median and p99, in microseconds. */
export function latency(id: CheckRecord['id'], p50Us: number, p99Us: number, more: object = {}): CheckRecord {
  const { subject } = recordOf(id);
  const qos: Level = subject?.kind === 'latency' ? subject.qos : 0;
  const noDelay = subject?.kind === 'latency' && subject.noDelay;
  return recordOf(id, { observed: { ...latencyOf(qos, noDelay, p50Us), p50Us, p99Us, ...more } });
}
