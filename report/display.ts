import process from 'node:process';
import type { Tell } from '../provisioning/progress.ts';
import { type Paint, painter } from './paint.ts';
import { progressLines } from './progress-lines.ts';

/** Where a command shows what it does: live on a terminal, plain lines elsewhere; with `json` on standard error, so that standard output stays data. */
export type Display = {
  readonly tell: Tell;
  readonly paint: Paint;
  readonly print: (line: string) => void;
  readonly stop: () => void;
};

export async function openDisplay(json: boolean): Promise<Display> {
  const stream = json ? process.stderr : process.stdout;
  const paint = painter(stream);
  const print = (line: string) => {
    stream.write(`${line}\n`);
  };
  if (!stream.isTTY || process.env.TERM === 'dumb')
    return { tell: progressLines(print, paint), paint, print, stop: () => undefined };
  // not needed where there is no terminal, and it takes long to load
  const { liveView } = await import('./live-view.ts');
  const view = liveView(stream, paint);
  return { tell: view.tell, paint, print, stop: view.stop };
}
