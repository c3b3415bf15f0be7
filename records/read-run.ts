import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '../base/errors.ts';
import type { Environment } from './environment.ts';
import { findRun, RECORDS, RESULTS } from './find-run.ts';
import { type CheckRecord, FAMILIES } from './record.ts';
import { type Results, results } from './results.ts';

const FILES: readonly string[] = [RESULTS, RECORDS];

/**
 * Folder of the run that a command line names as for `./lab compare`, or that was interrupted. Throws an InputError that tells which runs there are.
 */
export async function folderOfRun(directory: string, wanted: string): Promise<string> {
  const found = await findRun({ directory, files: FILES }, wanted);
  if (found.kind === 'unknown') throw new InputError([found.reason]);
  const { file } = found;
  if (!FILES.includes(path.basename(file)))
    throw new InputError([`${file}: a page is written of a run's folder, of its ${FILES.join(' or of its ')}`]);
  return path.dirname(file);
}

const recordSchema = z.looseObject({
  id: z.templateLiteral([z.enum(FAMILIES), '.', z.string()]),
  claim: z.string(),
  verdict: z.enum(['pass', 'fail', 'deviation', 'skipped']),
  statement: z.string().optional(),
  reason: z.string().optional(),
  evidence: z.array(z.unknown()).optional(),
  host: z.string().optional(),
  versions: z.looseObject({ broker: z.string(), client: z.string() }).optional(),
  waitMs: z.number().optional(),
  startedAt: z.number(),
  durationMs: z.number(),
});
const environmentSchema = z.looseObject({
  lab: z.string(),
  scope: z.string(),
  full: z.boolean().optional(),
  only: z.string().optional(),
  startedAt: z.number(),
  durationMs: z.number(),
  node: z.string(),
  broker: z.looseObject({ address: z.string(), port: z.number(), version: z.string() }),
  pis: z.array(z.string()),
  clients: z.record(z.string(), z.string()),
});
const resultsSchema = z.looseObject({ checks: z.array(z.unknown()), environment: z.unknown().optional() });

/**
 * What an earlier run found: from results.json, or where it was interrupted before that was written, from its records. What this version can't
 * read of it is left out. Throws an InputError where there is neither.
 */
export async function readRun(folder: string): Promise<Results> {
  const written = await readFile(path.join(folder, RESULTS), 'utf8').catch(() => undefined);
  const { data } = resultsSchema.safeParse(parsed(written ?? ''));
  if (data !== undefined) {
    const { checks, environment } = data;
    return results(checks.filter(isRecord), isEnvironment(environment) ? environment : undefined);
  }
  const lines = await readFile(path.join(folder, RECORDS), 'utf8').catch(() => undefined);
  if (lines === undefined) throw new InputError([`${folder} has neither ${RESULTS} nor ${RECORDS}: it is no run`]);
  return results(lines.split('\n').map(parsed).filter(isRecord));
}

function isRecord(value: unknown): value is CheckRecord {
  return recordSchema.safeParse(value).success;
}

function isEnvironment(value: unknown): value is Environment {
  return environmentSchema.safeParse(value).success;
}

/** Nothing where it is no JSON, as the last line of a run that was killed. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
