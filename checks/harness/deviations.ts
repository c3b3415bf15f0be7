/** Whether a version such as `2.0.11` is this one or a later one. */
export function isAtLeast(version: string, [major, minor, patch]: readonly [number, number, number]): boolean {
  const [has = 0, hasMinor = 0, hasPatch = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (has !== major) return has > major;
  if (hasMinor !== minor) return hasMinor > minor;
  return hasPatch >= patch;
}

/**
 * A known difference between Mosquitto and the standard. A version in its range that does not differ fails the check.
 */
export type Deviation = {
  /** What Mosquitto does instead. docs/verification.md has the same sentence. */
  readonly what: string;
  /** How the difference is known. */
  readonly source: string;
  /** First version that differs. @default 2.0.0 */
  readonly from?: readonly [number, number, number];
  /** First version that no longer differs. @default none */
  readonly before?: readonly [number, number, number];
};

/** Measured on 2.0.11, 2.0.21 and 2.1.2, unless the source says otherwise. */
export const DEVIATIONS = {
  'takeover of a persistent session leaves no will': {
    what: 'no last will is published when a persistent session takes over a persistent session',
    source: 'eclipse-mosquitto/mosquitto issue 3509',
  },
  'second CONNECT leaves no will': {
    what: 'a second CONNECT on one connection closes it without its last will',
    source: 'measured on 2.0.11, 2.0.21 and 2.1.2',
  },
  'will delay outlives the session': {
    what: 'the broker waits for the will delay although the session ended with the connection',
    source: 'measured on 2.0.11, 2.0.21 and 2.1.2',
  },
  'a password ends at its first NUL': {
    what: 'passwords are compared up to the first NUL: the right password with a NUL and more behind it is accepted',
    source: 'measured on 2.0.11 and 2.0.21',
    before: [2, 1, 0],
  },
  'WebSockets know no revocation': {
    what: 'a listener for secure WebSockets lets in a client with a revoked certificate',
    source: 'measured on 2.0.21',
    before: [2, 1, 0],
  },
  'a crash leaves no will': {
    what: 'a crash of the broker loses the last wills of its connections',
    source: 'measured on 2.0.11, 2.0.21 and 2.1.2',
  },
} satisfies Record<string, Deviation>;

/** The advice for a failure that Mosquitto would explain, on an external broker that the lab file does not name. */
export const NAME_BROKER =
  'Mosquitto is known to do this: if it runs there, set broker.software in lab.yaml to its version, such as mosquitto 2.0.11';

export type DeviationName = keyof typeof DEVIATIONS;

/** The deviation, where this version has it. An unknown version counts as conforming. */
export function deviationOf(name: DeviationName, version: string | undefined): Deviation | undefined {
  const { from = [2, 0, 0], before, ...rest }: Deviation = DEVIATIONS[name];
  if (version === undefined || !isAtLeast(version, from)) return undefined;
  return before !== undefined && isAtLeast(version, before) ? undefined : rest;
}

/** What a check observed: the standard's behaviour, the deviation's, or another, described for the reason. */
export type Behaviour = 'standard' | 'deviation' | { readonly other: string };

export type Judged = {
  readonly verdict: 'pass' | 'fail' | 'deviation';
  readonly reason?: string;
  readonly advice?: string;
  /** Whether it failed because something came too late. */
  readonly isLate?: boolean;
};

/** A version that is known to deviate must deviate. Otherwise the list of deviations is out of date. */
export function judgeByVersion(seen: Behaviour, name: DeviationName, version: string | undefined): Judged {
  if (typeof seen === 'object') return { verdict: 'fail', reason: seen.other };
  const known = deviationOf(name, version);
  if (seen === 'standard') {
    if (known === undefined) return { verdict: 'pass' };
    const reason = `Mosquitto ${version} conforms to the standard, but is listed as deviating: ${known.what}`;
    return { verdict: 'fail', reason, advice: 'correct the list in checks/harness/deviations.ts' };
  }
  if (known === undefined) {
    const reason = `${DEVIATIONS[name].what}, against the standard`;
    return { verdict: 'fail', reason, ...(version === undefined ? { advice: NAME_BROKER } : {}) };
  }
  return { verdict: 'deviation', reason: `${known.what} (${known.source})` };
}
