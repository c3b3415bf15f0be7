import { createLogUpdate } from 'log-update';
import { type Paint, printable, seconds } from '../base/paint.ts';
import type { Progress } from '../base/progress.ts';
import { resultLine } from './progress-lines.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;

export type LiveView = {
  report(progress: Progress): void;
  /** Takes the live part away, so that something else may stand there; gives how to bring it back. */
  stepAside(): () => void;
  stop(): void;
};

type Step = { readonly text: string; readonly since: number; readonly detail: string };

/** Progress on a terminal: results scroll by, and below them a line for each host shows the step under way and the end of its output. */
export function liveView(stream: NodeJS.WriteStream, paint: Paint): LiveView {
  const update = createLogUpdate(stream);
  const steps = new Map<string, Step>();
  let frame = 0;
  const draw = () => {
    frame += 1;
    update(liveLines(steps, frame, performance.now(), stream.columns ?? 80, paint).join('\n'));
  };
  let timer: NodeJS.Timeout | undefined;
  const hide = () => {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    update.clear();
    // the cursor is there again
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

/** The lines of the live part; pure. */
export function liveLines(
  steps: ReadonlyMap<string, Step>,
  frame: number,
  now: number,
  columns: number,
  paint: Paint,
): string[] {
  return [...steps].map(([host, { text, since, detail }]) => {
    const sign = FRAMES[frame % FRAMES.length] ?? '';
    const head = `${host.padEnd(8)} ${sign} ${printable(text)} ${seconds(now - since)}`;
    const room = Math.max(0, columns - head.length - 3);
    return `${head.slice(0, columns - 1)} ${paint('dim', printable(detail).slice(0, room))}`.trimEnd();
  });
}
