/** Families of checks; the first word of a check's id. */
export type Family = 'install' | 'auth' | 'acl' | 'qos' | 'session' | 'retained' | 'keepalive' | 'will' | 'restart';

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
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
};

export type Counts = Readonly<Record<Verdict, number>>;

export function count(records: readonly CheckRecord[]): Counts {
  const counts = { pass: 0, fail: 0, deviation: 0, skipped: 0 };
  for (const { verdict } of records) counts[verdict] += 1;
  return counts;
}
