import process from 'node:process';
import { type Paint, painter } from '../base/paint.ts';
import type { ReportProgress } from '../base/progress.ts';
import { pauseDuringQuestions } from '../base/prompt.ts';
import { progressLines } from './progress-lines.ts';

/** Where a command shows what it does: live on a terminal, plain lines elsewhere; with `json` on standard error, so that standard output stays data. */
export type Display = {
  readonly report: ReportProgress;
  readonly paint: Paint;
  readonly print: (line: string) => void;
  readonly stop: () => void;
};

export async function openDisplay(json: boolean): Promise<Display> {
  const stream = json ? process.stderr : process.stdout;
  const paint = painter(stream);
  const write = (line: string) => {
    stream.write(`${line}\n`);
  };
  const gate = openGate();
  const print = (line: string) => gate.pass(() => write(line));
  if (!stream.isTTY || process.env.TERM === 'dumb') {
    // a question is on the same terminal, or on none
    if (stream.isTTY) pauseDuringQuestions(gate.close);
    const report = progressLines(write, paint);
    return { report: (progress) => gate.pass(() => report(progress)), paint, print, stop: () => undefined };
  }
  // not needed where there is no terminal, and it takes long to load
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

/** Lets everything pass, or keeps it while it is closed; closing gives how to open it, upon which all that was kept passes in its order. */
export function openGate(): { pass(action: () => void): void; close(): () => void } {
  let kept: (() => void)[] | undefined;
  return {
    pass(action) {
      if (kept === undefined) action();
      else kept.push(action);
    },
    close() {
      kept ??= [];
      return () => {
        const waiting = kept ?? [];
        kept = undefined;
        for (const action of waiting) action();
      };
    },
  };
}
