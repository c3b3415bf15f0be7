import * as z from 'zod';
import { answersJsonSchema } from './answers.ts';
import { comparisonJsonSchema } from './comparison.ts';
import { failureJsonSchema } from './failure.ts';
import { planJsonSchema } from './plan.ts';
import { resultsJsonSchema } from './results.ts';
import { statusJsonSchema } from './status.ts';
import { upJsonSchema } from './up.ts';

const COMMENT =
  'Later versions only add: a property stays, with its type. A reader ignores properties and words that it does not know.';

/** The text of results.schema.json: everything that a command prints with `--json`, a definition for each kind. */
export function renderResultsSchema(): string {
  const all = z.union([
    resultsJsonSchema,
    upJsonSchema,
    planJsonSchema,
    statusJsonSchema,
    comparisonJsonSchema,
    answersJsonSchema,
    failureJsonSchema,
  ]);
  const { $schema, ...rest } = z.toJSONSchema(all, {
    io: 'input',
    target: 'draft-7',
    // of no use to a reader
    override({ jsonSchema }) {
      delete jsonSchema.readOnly;
    },
  });
  const title = 'results.json and --json of mqtt-lab';
  return `${JSON.stringify({ $schema, title, $comment: COMMENT, ...rest }, undefined, 2)}\n`;
}
