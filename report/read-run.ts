import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '../provisioning/errors.ts';
import type { Environment } from './environment.ts';
import { type Results, results } from './json.ts';
import { type CheckRecord, FAMILIES } from './record.ts';
import { RUN_NAME } from './run-folder.ts';

/** What the newest run is called on a command line. */
const LATEST = 'latest';
const RESULTS = 'results.json';
const RECORDS = 'records.jsonl';

/**
 * Folder of the run that a command line names: a path, the name of a folder in `runs`, or `latest`. Throws an InputError that tells which runs
 * there are.
 */
export async function findRun(runs: string, named: string): Promise<string> {
  const names = (await readdir(runs).catch(() => [])).filter((name) => RUN_NAME.test(name)).sort();
  const newest = names.at(-1);
  if (named === LATEST && newest !== undefined) return path.join(runs, newest);
  const places = [path.join(runs, named), path.resolve(named)];
  for (const place of places) if (await isFolder(place)) return place;
  const there = newest === undefined ? `there is none in ${runs}` : `the newest in ${runs} is ${newest}`;
  throw new InputError([`there is no run ${named}; ${there}`]);
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

async function isFolder(place: string): Promise<boolean> {
  const found = await stat(place).catch(() => undefined);
  return found?.isDirectory() === true;
}
