import { z } from 'zod';

const verdictSchema = z.enum(['pass', 'fail', 'deviation', 'skipped']);

const recordSchema = z.object({
  id: z.string(),
  verdict: verdictSchema,
  reason: z.string().optional().catch(undefined),
  observed: z.unknown().optional(),
});

const word = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);

const hostSchema = z.object({
  name: z.string(),
  place: word,
  system: word,
  architecture: word,
  kernel: word,
});

/** What a run says of itself; runs of earlier versions say less. */
const environmentSchema = z.object({
  lab: word,
  scope: word,
  full: z.boolean().optional().catch(undefined),
  only: word,
  startedAt: number,
  durationMs: number,
  node: word,
  broker: z.object({ address: word, port: number, version: word }).optional().catch(undefined),
  pis: z.array(z.string()).optional().catch(undefined),
  clients: z.record(z.string(), z.string()).optional().catch(undefined),
  hosts: z.array(hostSchema).optional().catch(undefined),
});

const resultsSchema = z.object({
  checks: z.array(z.unknown()),
  environment: environmentSchema.optional().catch(undefined),
});

export type KeptRecord = z.infer<typeof recordSchema>;
export type KeptEnvironment = z.infer<typeof environmentSchema>;

/** A run as its results.json has it; what can't be read in it is left out and counted. */
export type KeptRun = {
  /** Its folder's name, or the file that it was read from. */
  readonly name: string;
  readonly file: string;
  readonly environment: KeptEnvironment;
  readonly records: ReadonlyMap<string, KeptRecord>;
  /** Records without an id or a verdict. */
  readonly unreadable: number;
};

/** The run in the text of a results.json, or what is wrong with that text. */
export function parseRun(name: string, file: string, text: string): KeptRun | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return `it is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  const parsed = resultsSchema.safeParse(json);
  if (!parsed.success) return 'it is not what verify writes: there is no list of checks in it';
  const { checks, environment = {} } = parsed.data;
  const read = checks.map((check) => recordSchema.safeParse(check));
  const records = new Map(read.flatMap(({ data }) => (data === undefined ? [] : [[data.id, data] as const])));
  return { name, file, environment, records, unreadable: read.filter(({ success }) => !success).length };
}
