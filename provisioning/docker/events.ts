import type Docker from 'dockerode';
import * as z from 'zod';
import { lastLines } from '../../base/errors.ts';
import { type RunningBound, startBound, stretchedSeconds } from '../../base/slowness.ts';

/**
 * How long an image may be built without a message or a byte. At a tenth of a server's speed dpkg and mmdebstrap are
 * silent for minutes.
 */
export const BUILD_SILENCE_MS = 600_000;

const Event = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  error: z.string().optional(),
});

export type Following = {
  /** How long no event may come; undefined where another bound holds. */
  readonly silenceMs?: number;
  readonly onLine?: (line: string) => void;
};

/**
 * Follows a build, pull or import to its end. The engine reports a failure as an event and then ends the stream like a success
 * (moby's API). Throws an Error with the engine's message and the last output before it, or when no event comes for `silenceMs`.
 */
export async function follow(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  { silenceMs, onLine = () => undefined }: Following,
): Promise<void> {
  let failure: string | undefined;
  let output = '';
  let bound: RunningBound | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      if (silenceMs !== undefined) {
        const seconds = stretchedSeconds(silenceMs);
        bound = startBound(silenceMs, () => reject(new Error(`the engine reported no progress for ${seconds} s`)));
      }
      docker.modem.followProgress(
        stream,
        (error) => (error === null || error === undefined ? resolve() : reject(error)),
        (raw: unknown) => {
          bound?.renew();
          const event = Event.safeParse(raw).data ?? {};
          failure ??= event.error;
          if (event.stream !== undefined) output = `${output}${event.stream}`.slice(-MOST_OUTPUT);
          const line = (event.stream ?? event.status ?? '').trim();
          if (line !== '') onLine(line);
        },
      );
    });
  } finally {
    bound?.close();
  }
  if (failure === undefined) return;
  const before = errorLines(output);
  throw new Error(before === '' ? failure : `${failure}\n    ${before}`);
}

/** Of a build's output, which may be long. */
const MOST_OUTPUT = 100_000;
const MOST_LINES = 8;

/** What mmdebstrap, apt and dpkg call an error or a warning, without repetitions; the end of the output where there is none. */
export function errorLines(output: string): string {
  const lines = output.split(/[\r\n]+/).filter((line) => /^(?:[EW]: |Err:|dpkg: error )/.test(line));
  const found = [...new Set(lines)].slice(0, MOST_LINES);
  return found.length === 0 ? lastLines(output) : found.join('\n    ');
}
