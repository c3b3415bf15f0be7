import { type Paint, printable, seconds } from '../base/paint.ts';
import type { Progress } from '../base/progress.ts';

/** How often a long step prints a line of its output. */
const DETAIL_EVERY_MS = 5_000;

/** Progress as plain lines: one for each step and each result, and sometimes one of a long step's output. */
export function progressLines(
  write: (line: string) => void,
  paint: Paint,
  now: () => number = () => performance.now(),
): (progress: Progress) => void {
  const steps = new Map<string, { since: number; shown: number }>();
  return ({ host, kind, text }) => {
    const name = host.padEnd(8);
    const step = steps.get(host) ?? { since: now(), shown: now() };
    const line = resultLine({ host, kind, text }, paint);
    if (kind === 'step') {
      steps.set(host, { since: now(), shown: now() });
      write(`${name} ${paint('dim', `… ${printable(text)}`)}`);
    } else if (line !== undefined) {
      write(kind === 'changed' ? `${line} ${paint('dim', `(${seconds(now() - step.since)})`)}` : line);
    } else if (now() - step.shown >= DETAIL_EVERY_MS) {
      steps.set(host, { ...step, shown: now() });
      write(`${name} ${paint('dim', `  ${printable(text).slice(0, 160)}`)}`);
    }
  };
}

/** The line of a result; undefined for a step and its output. */
export function resultLine({ host, kind, text }: Progress, paint: Paint): string | undefined {
  const name = host.padEnd(8);
  const shown = printable(text);
  switch (kind) {
    case 'changed':
      return `${name} ${paint('yellow', '~')} ${shown}`;
    case 'ok':
      return `${name} ${paint('green', '✓')} ${shown}`;
    case 'failed':
      return `${name} ${paint('red', '✗')} ${shown}`;
    case 'note':
      return `${name}   ${shown}`;
    default:
      return undefined;
  }
}
