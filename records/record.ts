/** Families of checks; the first word of a check's id. */
export const FAMILIES = [
  'install',
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

export type Verdict = 'pass' | 'fail' | 'deviation' | 'skipped';

/** What a check found out about a claim; one line of records.jsonl, one element of `verify --json`'s `checks`. */
export type CheckRecord = {
  /** Dotted words, the family first: `auth.wrong-password.v311.sam.host`. */
  readonly id: `${Family}.${string}`;
  /** The claim in a sentence. */
  readonly claim: string;
  /** Statement of the OASIS standard that the claim rests on, such as `MQTT-3.2.2-5`; absent where the lab file is the source. */
  readonly statement?: string;
  readonly verdict: Verdict;
  readonly expected: unknown;
  readonly observed: unknown;
  /** Why it was skipped, or what the failure was. */
  readonly reason?: string;
  /** Packets and lines that the verdict rests on. */
  readonly evidence?: readonly unknown[];
  /** Where the client that acts in it ran: `this machine`, `broker` or a Pi's name; absent where it never began. */
  readonly host?: string;
  /** What was at the two ends; absent where it never began. */
  readonly versions?: Versions;
  /** Milliseconds of `durationMs` that MQTT imposes, such as a keep-alive expiry or a will delay; absent where there is no such wait. */
  readonly waitMs?: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
};

/** `mosquitto 2.0.11`, and the client's software: `mqtt.js 5.16.0`; `unknown` where it can't be asked. */
export type Versions = { readonly broker: string; readonly client: string };

export type Counts = Readonly<Record<Verdict, number>>;

export function count(records: readonly CheckRecord[]): Counts {
  const counts = { pass: 0, fail: 0, deviation: 0, skipped: 0 };
  for (const { verdict } of records) counts[verdict] += 1;
  return counts;
}

export function familyOf({ id }: Pick<CheckRecord, 'id'>): Family {
  const [first] = id.split('.');
  return FAMILIES.find((family) => family === first) ?? 'install';
}
