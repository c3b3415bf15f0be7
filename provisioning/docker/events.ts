import { z } from 'zod';
import { lineReader } from '../hosts/shell.ts';

const Event = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  error: z.string().optional(),
});

/**
 * Follows a build, pull or import to its end. The engine reports a failure as an event and then ends the stream like a success
 * (moby's API), so every event is looked at. Throws an Error with the engine's words, or when no event came for `silenceMs`.
 */
export async function follow(
  stream: NodeJS.ReadableStream,
  silenceMs: number,
  onLine: (line: string) => void = () => undefined,
): Promise<void> {
  let failure: string | undefined;
  const lines = lineReader((line) => {
    const event = eventIn(line);
    failure ??= event.error;
    const words = (event.stream ?? event.status ?? '').trim();
    if (words !== '') onLine(words);
  });
  await new Promise<void>((resolve, reject) => {
    const tooQuiet = () => reject(new Error(`no progress for ${silenceMs / 1000} s`));
    let timer = setTimeout(tooQuiet, silenceMs);
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      clearTimeout(timer);
      timer = setTimeout(tooQuiet, silenceMs);
      lines.push(chunk);
    });
    stream.on('end', resolve).on('error', reject);
    stream.on('close', () => {
      clearTimeout(timer);
      reject(new Error('the engine closed the connection'));
    });
  });
  lines.end();
  if (failure !== undefined) throw new Error(failure);
}

function eventIn(line: string): z.infer<typeof Event> {
  try {
    return Event.safeParse(JSON.parse(line)).data ?? {};
  } catch {
    return {};
  }
}
