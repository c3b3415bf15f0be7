import { masked } from './secret.ts';

/** What went wrong, for a person: where, during which step, what happened and what to try. */
export type Trouble = {
  /** The host, or the part of the lab, where it happened. */
  readonly subject: string;
  readonly step: string;
  readonly happened: string;
  readonly advice?: string | undefined;
  /** Whether a time limit passed. */
  readonly isLate?: true;
};

/** `failed`: something is not as the lab file says; `could-not-run`: a bad lab file, a host out of reach, no Docker. */
export type FailureKind = 'failed' | 'could-not-run' | 'interrupted';

export const EXIT_CODES: Readonly<Record<FailureKind, number>> = { failed: 1, 'could-not-run': 2, interrupted: 130 };

/** An error for the user: the commands print its message without a stack trace and exit with its code. */
export class LabError extends Error {
  override readonly name = 'LabError';
  readonly trouble: Trouble;
  readonly kind: FailureKind;

  constructor(trouble: Trouble, kind: FailureKind, options?: ErrorOptions) {
    // what happened may quote a host's own words
    const shown = { ...trouble, happened: masked(trouble.happened) };
    super(describe(shown), options);
    this.trouble = shown;
    this.kind = kind;
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** All mistakes of one input, reported together. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly exitCode = EXIT_CODES['could-not-run'];
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

export function describe({ subject, step, happened, advice }: Trouble): string {
  const lines = [`${subject}: ${step}: ${happened}`];
  if (advice !== undefined) lines.push(`  try: ${advice}`);
  return lines.join('\n');
}

/** The message of a thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of a system error, such as `ENOENT`; undefined for other errors. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/**
 * The value of a promise, or undefined when it rejects: for a step whose failure changes nothing,
 * and for a promise that another place awaits.
 */
export async function ignoreFailure<T>(promise: Promise<T>): Promise<T | undefined> {
  return await promise.catch(() => undefined);
}

/** The last `count` non-empty lines of a command's output, for an error message. */
export function lastLines(output: string, count = 6): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n    ');
}
