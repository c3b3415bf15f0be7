/** Whether a version such as `2.0.11` is this one or a later one. */
export function isAtLeast(version: string, [major, minor, patch]: readonly [number, number, number]): boolean {
  const [has = 0, hasMinor = 0, hasPatch = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (has !== major) return has > major;
  if (hasMinor !== minor) return hasMinor > minor;
  return hasPatch >= patch;
}

/** Where a version of Mosquitto does other than the standard says: a verdict of its own, and a failure when it is not so. */
export type Deviation = {
  /** What it does instead, as the rest of a sentence. */
  readonly what: string;
  /** Where that is known from. */
  readonly source: string;
  /** First and last version that does so; all, where left out. */
  readonly from?: readonly [number, number, number];
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
    what: 'the will delay is waited for although the session has ended with the connection',
    source: 'measured on 2.0.11, 2.0.21 and 2.1.2',
  },
  'a password ends at its first NUL': {
    what: 'a password is compared up to its first NUL, so that the right one with a NUL and more behind it is let in',
    source: 'measured on 2.0.11 and 2.0.21',
    before: [2, 1, 0],
  },
  'a crash leaves no will': {
    what: 'last wills of the connections that a crash of the broker ends are never published',
    source: 'measured on 2.0.11, 2.0.21 and 2.1.2',
  },
} satisfies Record<string, Deviation>;

export type DeviationName = keyof typeof DEVIATIONS;

/** The deviation, where a broker of this version has it; a version that is unknown has none. */
export function deviationOf(name: DeviationName, version: string | undefined): Deviation | undefined {
  const { from = [2, 0, 0], before, ...rest }: Deviation = DEVIATIONS[name];
  if (version === undefined || !isAtLeast(version, from)) return undefined;
  return before !== undefined && isAtLeast(version, before) ? undefined : rest;
}

/** What was seen, against the standard and against the deviation. */
export type Seen = 'as the standard says' | 'as the deviation says' | { readonly otherwise: string };

export type Judged = { readonly verdict: 'pass' | 'fail' | 'deviation'; readonly reason?: string };

/** A version that is known to deviate must deviate: what it does otherwise has to be looked at, be it better or worse. */
export function judgeByVersion(seen: Seen, name: DeviationName, version: string | undefined): Judged {
  if (typeof seen === 'object') return { verdict: 'fail', reason: seen.otherwise };
  const known = deviationOf(name, version);
  if (seen === 'as the standard says') {
    if (known === undefined) return { verdict: 'pass' };
    return {
      verdict: 'fail',
      reason: `as the standard says, but Mosquitto ${version} is known to deviate: ${known.what}`,
    };
  }
  if (known === undefined) return { verdict: 'fail', reason: 'not as the standard says' };
  return { verdict: 'deviation', reason: `${known.what} (${known.source})` };
}
