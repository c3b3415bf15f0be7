import * as z from 'zod';
import { environmentSchema } from '../environment.ts';
import { recordSchema } from '../record.ts';

export const passOrFail = z.enum(['pass', 'fail']);
const runVerdict = z.enum(['pass', 'fail', 'inconclusive']);

/** How many checks have each verdict. */
export const countsSchema = z
  .object({
    pass: z.number(),
    fail: z.number(),
    deviation: z.number(),
    skipped: z.number(),
    inconclusive: z.number(),
  })
  .meta({ id: 'counts' });

const runSchema = z.object({
  verdict: runVerdict,
  counts: countsSchema,
  folder: z.string().describe('Folder with the records of the run.'),
  durationMs: z.number(),
});

/** results.json, and what `verify --json` and `report --json` print. */
export const resultsJsonSchema = z
  .object({
    verdict: runVerdict.describe('`inconclusive`: nothing failed, and something could not be judged.'),
    counts: countsSchema.describe('How many checks have each verdict; with --repeat the sum of all runs.'),
    checks: z.array(recordSchema).readonly().describe('Sorted by id; with --repeat those of the first failed run.'),
    omitted: z.number().exactOptional().describe('How many checks of a large lab only records.jsonl has.'),
    environment: environmentSchema.exactOptional().describe('What the run ran on; absent where it was interrupted.'),
    wanted: z.number().exactOptional().describe('With --repeat: how many runs were asked for.'),
    runs: z.array(runSchema).readonly().exactOptional().describe('With --repeat: each run.'),
  })
  .meta({ id: 'results', description: 'results.json, and what verify --json and report --json print.' });

export type ResultsJson = z.infer<typeof resultsJsonSchema>;
