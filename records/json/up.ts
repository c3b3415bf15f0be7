import * as z from 'zod';
import { resultsJsonSchema } from './results.ts';

const outcomeSchema = z.object({
  host: z.string().describe('`broker` or the name of a Pi.'),
  state: z.enum(['ok', 'changed', 'failed', 'skipped']),
  changes: z.array(z.string()).readonly().describe('The changes made, those before a failure included.'),
  left: z.number().describe('How many steps of the plan a failure left undone.'),
  durationMs: z.number(),
  error: z.string().exactOptional(),
});

/** What `up --json` prints: the hosts, and after a verification its results. */
export const upJsonSchema = resultsJsonSchema
  .extend({
    // without a verification, up has the hosts alone
    counts: resultsJsonSchema.shape.counts.exactOptional(),
    checks: resultsJsonSchema.shape.checks.exactOptional(),
    hosts: z.array(outcomeSchema).readonly(),
  })
  .meta({ id: 'up', description: 'What up --json prints: the hosts, and after a verification its results.' });

export type UpJson = z.infer<typeof upJsonSchema>;
