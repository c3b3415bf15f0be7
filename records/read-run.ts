import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { CALLED_AS } from '../base/called-as.ts';
import { errorMessage, InputError, ignoreFailure } from '../base/errors.ts';
import { type Environment, environmentSchema } from './environment.ts';
import { findRun, RECORDS, RESULTS } from './find-run.ts';
import { type CheckRecord, recordSchema } from './record.ts';
import { type Results, results } from './results.ts';

const FILES: readonly string[] = [RESULTS, RECORDS];

/** Folder of the run that a command line names, an interrupted one too. Throws an InputError that lists the newest runs. */
export async function folderOfRun(directory: string, wanted: string): Promise<string> {
  const found = await findRun({ directory, files: FILES }, wanted);
  if (found.kind === 'unknown') throw new InputError([found.reason]);
  const { file } = found;
  if (!FILES.includes(path.basename(file)))
    throw new InputError([`${file}: give the folder of a run, or its ${FILES.join(' or its ')}`]);
  return path.dirname(file);
}

const resultsSchema = z.object({
  checks: z.array(recordSchema),
  omitted: z.number().exactOptional(),
  environment: environmentSchema,
});

/** Results of a run that ended. */
export type FinishedRun = Results & { readonly environment: Environment };

/** Reads a results.json. Throws an InputError where this version did not write it. */
export async function readResults(file: string): Promise<FinishedRun> {
  try {
    return await resultsIn(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError([`${file}: cannot be read: ${errorMessage(error)}`]);
  }
}

/** Reads the run in a folder. An interrupted run has no results.json and gives the records that it wrote. */
export async function readRun(folder: string): Promise<Results> {
  const file = path.join(folder, RESULTS);
  const text = await ignoreFailure(readFile(file, 'utf8'));
  if (text !== undefined && isJson(text)) return await resultsIn(text, file);
  const records = path.join(folder, RECORDS);
  const lines = await ignoreFailure(readFile(records, 'utf8'));
  if (lines === undefined) throw new InputError([`${folder}: has neither ${RESULTS} nor ${RECORDS}`]);
  return results(recordsIn(lines, records));
}

/** The records of a large lab that results.json omits are beside it. */
async function resultsIn(text: string, file: string): Promise<FinishedRun> {
  const { checks, omitted, environment } = understood(resultsSchema, JSON.parse(text), file);
  if (omitted === undefined) return { ...results(checks), environment };
  const records = path.join(path.dirname(file), RECORDS);
  const lines = await ignoreFailure(readFile(records, 'utf8'));
  if (lines === undefined) return { ...results(checks), omitted, environment };
  return { ...results(recordsIn(lines, records)), environment };
}

/** A run that was killed may have cut its last line off. */
function recordsIn(lines: string, file: string): CheckRecord[] {
  return lines.split('\n').flatMap((line) => (isJson(line) ? [understood(recordSchema, JSON.parse(line), file)] : []));
}

function understood<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new InputError([
    `${file}: another version of mqtt-lab wrote this run (${where === '' ? '' : `${where}: `}${issue?.message}); ${CALLED_AS} verify makes a new one`,
  ]);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
