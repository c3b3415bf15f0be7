/** What went wrong, told for a person: who, doing what, what happened, what to try. */
export type Trouble = {
  /** The host, or the part of the lab, that it happened on. */
  readonly subject: string;
  /** What was being done. */
  readonly step: string;
  readonly happened: string;
  readonly advice?: string | undefined;
};

/** 1: something is not as the lab file says; 2: it could not run. */
export type FailureCode = 1 | 2;

/** An error meant for the user: the scripts print its message without a stack trace and exit with its code. */
export class LabError extends Error {
  override readonly name = 'LabError';
  readonly trouble: Trouble;
  readonly exitCode: FailureCode;

  constructor(trouble: Trouble, exitCode: FailureCode, options?: ErrorOptions) {
    super(describe(trouble), options);
    this.trouble = trouble;
    this.exitCode = exitCode;
  }
}

/** Several mistakes of one input, all told at once; exit code 2. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly exitCode = 2;
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

/** The last `count` non-empty lines of a command's output, for an error message. */
export function lastLines(output: string, count = 6): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n    ');
}
