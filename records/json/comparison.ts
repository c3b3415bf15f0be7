import * as z from 'zod';
import { environmentSchema } from '../environment.ts';
import { FAMILIES, VERDICTS } from '../record.ts';
import { countsSchema, passOrFail } from './results.ts';

const runSchema = z.object({
  name: z.string(),
  file: z.string(),
  counts: countsSchema,
  environment: environmentSchema,
});

const verdictChange = z.object({
  id: z.string(),
  family: z.enum(FAMILIES),
  change: z.string().describe('Such as `broken`, `fixed`, `new failure`, `only after`; `broken` alone fails.'),
  before: z.enum(VERDICTS).exactOptional(),
  after: z.enum(VERDICTS).exactOptional(),
  reason: z.string().exactOptional(),
});

const span = z.object({ fromMs: z.number(), toMs: z.number(), checks: z.number() });
const quantile = z.enum(['median', 'p99']);

const latencyChange = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('compared'),
    id: z.string(),
    name: z.string(),
    quantiles: z
      .array(
        z.object({
          name: quantile,
          beforeUs: z.number(),
          afterUs: z.number(),
          percent: z.number().nullable().describe('By how much it rose; null where the first value is 0 or less.'),
        }),
      )
      .readonly(),
    clocksUs: z.number().describe('How far the clocks of both runs may be off together.'),
  }),
  z.object({ kind: z.literal('not compared'), id: z.string(), name: z.string(), reason: z.string() }),
]);

/** What `compare --json` prints. */
export const comparisonJsonSchema = z
  .object({
    verdict: passOrFail,
    before: runSchema,
    after: runSchema,
    common: z.number().describe('How many checks are in both runs.'),
    checks: z.array(verdictChange).readonly().describe('Each check whose verdict changed or that fails in both runs.'),
    environment: z.array(z.object({ what: z.string(), before: z.string(), after: z.string() })).readonly(),
    sizes: z
      .object({
        compared: z.number(),
        changes: z
          .array(z.object({ id: z.string(), what: z.string(), before: z.number(), after: z.number() }))
          .readonly(),
      })
      .describe('Packets and bytes of MQTT, for one message or ping.'),
    timings: z
      .object({
        compared: z.number(),
        changes: z.array(z.object({ what: z.string(), before: span, after: span })).readonly(),
      })
      .describe('Times of last wills and expiries.'),
    latency: z.array(latencyChange).readonly(),
    maxSlower: z.number().exactOptional().describe('The value of --max-slower, in percent.'),
    excesses: z
      .array(z.object({ id: z.string(), name: quantile, percent: z.number() }))
      .readonly()
      .describe('Latencies that rose by more than --max-slower.'),
  })
  .meta({ id: 'comparison', description: 'What compare --json prints.' });

export type ComparisonJson = z.infer<typeof comparisonJsonSchema>;
