import type { KeptEnvironment, KeptRecord, KeptRun } from '../../../../report/compare/run.ts';

/** A record of a run; it passed unless said otherwise. */
export function record(id: string, fields: Partial<KeptRecord> = {}): KeptRecord {
  return { id, verdict: 'pass', observed: {}, ...fields };
}

export function run(records: readonly KeptRecord[], environment: KeptEnvironment = {}, name = 'r'): KeptRun {
  const byId = new Map(records.map((one) => [one.id, one]));
  return { name, file: `/runs/${name}/results.json`, environment, records: byId, unreadable: 0 };
}
