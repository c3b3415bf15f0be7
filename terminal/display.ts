import process from 'node:process';
import { type Paint, painter } from '../base/paint.ts';
import type { ReportProgress } from '../base/progress.ts';
import { pauseDuringQuestions } from '../base/prompt.ts';
import { progressLines } from './progress-lines.ts';

/** Shows the progress of a command: live on a terminal, in plain lines elsewhere. */
export type Display = {
  readonly report: ReportProgress;
  readonly paint: Paint;
  readonly print: (line: string) => void;
  readonly stop: () => void;
};

/** Opens a display on a stream: on standard error where standard output is data. */
export async function openDisplay(stream: NodeJS.WriteStream = process.stdout): Promise<Display> {
  const paint = painter(stream);
  const write = (line: string) => {
    stream.write(`${line}\n`);
  };
  const gate = openGate();
  const print = (line: string) => gate.pass(() => write(line));
  if (!stream.isTTY || process.env.TERM === 'dumb') {
    // a prompt uses the same terminal
    if (stream.isTTY) pauseDuringQuestions(gate.close);
    const report = progressLines(write, paint);
    return { report: (progress) => gate.pass(() => report(progress)), paint, print, stop: () => undefined };
  }
  // slow to load, and only needed on a terminal
  const { liveView } = await import('./live-view.ts');
  const view = liveView(stream, paint);
  pauseDuringQuestions(() => {
    const open = gate.close();
    const back = view.stepAside();
    return () => {
      back();
      open();
    };
  });
  return {
    report: (progress) => gate.pass(() => view.report(progress)),
    paint,
    print,
    stop: () => gate.pass(view.stop),
  };
}

/** Delays actions while it is closed. `close` returns how to open it again, which runs the delayed actions in order. */
export function openGate(): { pass(action: () => void): void; close(): () => void } {
  let delayed: (() => void)[] | undefined;
  return {
    pass(action) {
      if (delayed === undefined) action();
      else delayed.push(action);
    },
    close() {
      delayed ??= [];
      return () => {
        const waiting = delayed ?? [];
        delayed = undefined;
        for (const action of waiting) action();
      };
    },
  };
}
