import * as z from 'zod';
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
    failureJsonSchema,
  ]);
  const { $schema, ...rest } = z.toJSONSchema(all, {
    io: 'input',
    target: 'draft-7',
    override({ jsonSchema }) {
      // of no use to a reader
      delete jsonSchema.readOnly;
      // JSON has no undefined: where a value may be anything, its key may be absent
      const { properties = {}, required } = jsonSchema;
      if (required !== undefined) jsonSchema.required = required.filter((key) => !isAnything(properties[key]));
    },
  });
  const title = 'results.json and --json of mqtt-lab';
  return `${JSON.stringify({ $schema, title, $comment: COMMENT, ...rest }, undefined, 2)}\n`;
}

function isAnything(schema: object | boolean | undefined): boolean {
  return typeof schema === 'object' && Object.keys(schema).every((key) => key === 'description');
}
