import type Docker from 'dockerode';
import * as z from 'zod';

const Event = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  error: z.string().optional(),
});

/**
 * Follows a build, pull or import to its end. The engine reports a failure as an event and then ends the stream like a success
 * (moby's API). Throws an Error with the engine's message, or when no event comes for `silenceMs`.
 */
export async function follow(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  silenceMs: number,
  onLine: (line: string) => void = () => undefined,
): Promise<void> {
  let failure: string | undefined;
  await new Promise<void>((resolve, reject) => {
    const tooQuiet = () => reject(new Error(`no progress for ${silenceMs / 1000} s`));
    let timer = setTimeout(tooQuiet, silenceMs);
    docker.modem.followProgress(
      stream,
      (error) => {
        clearTimeout(timer);
        if (error === null || error === undefined) resolve();
        else reject(error);
      },
      (raw: unknown) => {
        clearTimeout(timer);
        timer = setTimeout(tooQuiet, silenceMs);
        const event = Event.safeParse(raw).data ?? {};
        failure ??= event.error;
        const line = (event.stream ?? event.status ?? '').trim();
        if (line !== '') onLine(line);
      },
    );
  });
  if (failure !== undefined) throw new Error(failure);
}
