import { createLogUpdate } from 'log-update';
import { type Paint, printable, seconds } from '../base/paint.ts';
import type { Progress } from '../base/progress.ts';
import { resultLine } from './progress-lines.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;

export type LiveView = {
  report(progress: Progress): void;
  /** Clears the live part, so that a prompt can use the terminal; returns how to draw it again. */
  stepAside(): () => void;
  stop(): void;
};

type Step = { readonly text: string; readonly since: number; readonly detail: string };

/** Progress on a terminal: results scroll, and below them each host has a line with its current step and the end of its output. */
export function liveView(stream: NodeJS.WriteStream, paint: Paint): LiveView {
  const update = createLogUpdate(stream);
  const steps = new Map<string, Step>();
  let frame = 0;
  const draw = () => {
    frame += 1;
    update(liveLines(steps, { frame, now: performance.now(), columns: stream.columns ?? 80 }, paint).join('\n'));
  };
  let timer: NodeJS.Timeout | undefined;
  const hide = () => {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    update.clear();
    // shows the cursor again
    update.done();
  };
  return {
    report(progress) {
      timer ??= setInterval(draw, FRAME_MS).unref();
      const { host, kind, text } = progress;
      const step = steps.get(host);
      if (kind === 'step') steps.set(host, { text, since: performance.now(), detail: '' });
      else if (kind === 'detail')
        steps.set(host, { text: step?.text ?? '', since: step?.since ?? performance.now(), detail: text });
      else {
        const took =
          kind === 'changed' && step !== undefined
            ? ` ${paint('dim', `(${seconds(performance.now() - step.since)})`)}`
            : '';
        steps.delete(host);
        update.clear();
        stream.write(`${resultLine(progress, paint)}${took}\n`);
      }
      draw();
    },
    stepAside() {
      hide();
      return () => {
        if (steps.size === 0) return;
        timer ??= setInterval(draw, FRAME_MS).unref();
        draw();
      };
    },
    stop() {
      steps.clear();
      hide();
    },
  };
}

/** The lines of the live part. */
export function liveLines(
  steps: ReadonlyMap<string, Step>,
  { frame, now, columns }: { readonly frame: number; readonly now: number; readonly columns: number },
  paint: Paint,
): string[] {
  return [...steps].map(([host, { text, since, detail }]) => {
    const sign = FRAMES[frame % FRAMES.length] ?? '';
    const head = `${host.padEnd(8)} ${sign} ${printable(text)} ${seconds(now - since)}`;
    const space = Math.max(0, columns - head.length - 3);
    return `${head.slice(0, columns - 1)} ${paint('dim', printable(detail).slice(0, space))}`.trimEnd();
  });
}
