import * as z from 'zod';
import { subjectSchema } from './subject.ts';

/** Families of checks; the first word of a check's id. */
export const FAMILIES = [
  'reach',
  'install',
  'tls',
  'auth',
  'acl',
  'qos',
  'session',
  'retained',
  'keepalive',
  'will',
  'restart',
] as const;
export type Family = (typeof FAMILIES)[number];

/** `inconclusive`: the check could not be judged, for lack of time or of a path to the broker, so it says nothing about the broker. */
export const VERDICTS = ['pass', 'fail', 'deviation', 'skipped', 'inconclusive'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** `mosquitto 2.0.11`, and the client's software: `mqtt.js 5.16.0`; `unknown` where the host cannot say. */
const versionsSchema = z.object({ broker: z.string(), client: z.string() }).readonly();
export type Versions = z.infer<typeof versionsSchema>;

/** What a check found out about a claim; one line of records.jsonl, one element of `verify --json`'s `checks`. */
export const recordSchema = z
  .object({
    id: z
      .templateLiteral([z.enum(FAMILIES), '.', z.string()])
      .describe('Dotted words, the family first. For people and --only: programs read `family` and `subject`.'),
    family: z.enum(FAMILIES),
    subject: subjectSchema.exactOptional().describe('What the check is about; absent where no reader needs to know.'),
    claim: z.string().describe('The claim in a sentence.'),
    statement: z
      .string()
      .exactOptional()
      .describe('Statement of the OASIS standard, such as `MQTT-3.2.2-5`; absent where the lab file is the source.'),
    verdict: z.enum(VERDICTS),
    expected: z.unknown().describe('Its form depends on the subject.'),
    observed: z.unknown().describe('Its form depends on the subject.'),
    reason: z.string().exactOptional().describe('Why it was skipped or failed, or which deviation is known.'),
    advice: z.string().exactOptional().describe('What to do about a failure whose cause the check found.'),
    evidence: z
      .array(z.unknown())
      .readonly()
      .exactOptional()
      .describe('Packets and lines that the verdict rests on; their form depends on the subject.'),
    host: z
      .string()
      .exactOptional()
      .describe("Where the client ran, or would have: `this machine`, `broker` or a Pi's name."),
    versions: versionsSchema.exactOptional().describe('Software at both ends; absent where the check never began.'),
    waitMs: z
      .number()
      .exactOptional()
      .describe('Milliseconds of `durationMs` that MQTT imposes, such as a keep-alive expiry or a will delay.'),
    startedAt: z.number().describe('Milliseconds since 1970.'),
    durationMs: z.number(),
  })
  .readonly()
  .meta({ id: 'check', description: 'What a check found out about a claim.' });

export type CheckRecord = z.infer<typeof recordSchema>;

export type Counts = Readonly<Record<Verdict, number>>;

export function count(records: readonly Pick<CheckRecord, 'verdict'>[]): Counts {
  const counts = { pass: 0, fail: 0, deviation: 0, skipped: 0, inconclusive: 0 };
  for (const { verdict } of records) counts[verdict] += 1;
  return counts;
}

/** The family that an id begins with. */
export function familyOf({ id }: Pick<CheckRecord, 'id'>): Family {
  const [first] = id.split('.');
  return FAMILIES.find((family) => family === first) ?? 'install';
}
