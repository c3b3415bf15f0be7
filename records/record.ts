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
    /** Dotted words, the family first: `auth.wrong-password.v311.sam.host`. For people and `--only`: readers use `family` and `subject`. */
    id: z.templateLiteral([z.enum(FAMILIES), '.', z.string()]),
    family: z.enum(FAMILIES),
    /** What the check is about; absent where no reader needs to know. */
    subject: subjectSchema.exactOptional(),
    /** The claim in a sentence. */
    claim: z.string(),
    /** Statement of the OASIS standard that the claim rests on, such as `MQTT-3.2.2-5`; absent where the lab file is the source. */
    statement: z.string().exactOptional(),
    verdict: z.enum(VERDICTS),
    expected: z.unknown(),
    observed: z.unknown(),
    /** Why it was skipped or failed, or which deviation is known. */
    reason: z.string().exactOptional(),
    /** What to do about a failure whose cause the check found. */
    advice: z.string().exactOptional(),
    /** Packets and lines that the verdict rests on. */
    evidence: z.array(z.unknown()).readonly().exactOptional(),
    /** Where the check's client ran, or would have: `this machine`, `broker` or a Pi's name. */
    host: z.string().exactOptional(),
    /** Software at both ends; absent where the check never began. */
    versions: versionsSchema.exactOptional(),
    /** Milliseconds of `durationMs` that MQTT imposes, such as a keep-alive expiry or a will delay; absent where there is no such wait. */
    waitMs: z.number().exactOptional(),
    /** Milliseconds since 1970. */
    startedAt: z.number(),
    durationMs: z.number(),
  })
  .readonly();

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
