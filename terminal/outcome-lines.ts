import { errorMessage } from '../base/errors.ts';
import { type Paint, printable, seconds } from '../base/paint.ts';
import type { HostOutcome } from '../deployment/apply-plan.ts';

/** A line for each host with its outcome and duration, then the errors in full. .ci/run reads the first line. */
export function hostLines(outcomes: readonly HostOutcome[], paint: Paint): string[] {
  const width = Math.max(8, ...outcomes.map(({ host }) => host.length));
  const rows = outcomes.map(({ host, state, changes, left, durationMs }) => {
    const sign = {
      ok: paint('green', 'ok     '),
      changed: paint('yellow', 'changed'),
      failed: paint('red', 'failed '),
      skipped: paint('dim', 'skipped'),
    }[state];
    const counts = [
      ...(changes.length === 0 ? [] : [`${changes.length} changed`]),
      ...(left === 0 ? [] : [`${left} ${left === 1 ? 'step' : 'steps'} left`]),
    ];
    return `  ${host.padEnd(width)} ${sign} ${seconds(durationMs).padStart(6)}  ${counts.join(', ')}`.trimEnd();
  });
  const errors = outcomes.flatMap(({ error }) => (error === undefined ? [] : [errorText(error, paint)]));
  const changed = outcomes.reduce((sum, { changes }) => sum + changes.length, 0);
  const failed = outcomes.filter(({ state }) => state === 'failed').length;
  return [`hosts: ${changed} changed${failed === 0 ? '' : `, ${failed} failed`}`, ...rows, ...errors];
}

/** The message of an error; nothing in it can control the terminal. */
export function errorText(error: unknown, paint: Paint): string {
  return paint('red', printable(errorMessage(error)));
}

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): number {
  return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number' ? error.exitCode : 1;
}

type OutcomeJson = Omit<HostOutcome, 'error'> & { readonly error?: string };

/** Outcomes for `--json`. */
export function hostsJson(outcomes: readonly HostOutcome[]): OutcomeJson[] {
  return outcomes.map(({ host, state, changes, left, durationMs, error }) => ({
    host,
    state,
    changes,
    left,
    durationMs: Math.round(durationMs),
    ...(error === undefined ? {} : { error: errorMessage(error) }),
  }));
}
