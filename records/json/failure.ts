import * as z from 'zod';

const troubleSchema = z.object({
  subject: z.string().describe('The host, or the part of the lab, where it happened.'),
  step: z.string(),
  happened: z.string(),
  advice: z.string().optional().describe('What to try next.'),
  isLate: z.literal(true).exactOptional().describe('A time limit passed.'),
});

/** What `--json` prints when a command fails. */
export const failureJsonSchema = z
  .union([
    z.object({ verdict: z.literal('fail'), error: troubleSchema.describe('What went wrong.') }),
    z.object({
      verdict: z.literal('fail'),
      mistakes: z.array(z.string()).readonly().describe('The mistakes in the lab file or on the command line.'),
    }),
  ])
  .meta({ id: 'failure', description: 'What every command with --json prints when it could not run.' });

export type FailureJson = z.infer<typeof failureJsonSchema>;
