import { LabError } from '../../base/errors.ts';
import { armouredKey, MOST_KEY_BYTES } from '../../lab-file/signing-key.ts';

const FETCH_BOUND_MS = 20_000;

/** Fetches a signing key to this machine, over https all the way, and gives it as armour; throws a LabError with exit code 2. */
export async function fetchKey(subject: string, url: string, signal: AbortSignal): Promise<string> {
  const trouble = (happened: string, cause?: unknown) => {
    const advice = 'see that this machine reaches it; or save the key as a file beside the lab file, and name that';
    return new LabError({ subject, step: `fetch the key ${url}`, happened, advice }, 'could-not-run', { cause });
  };
  const bound = AbortSignal.timeout(FETCH_BOUND_MS);
  const bytes = await download(url, AbortSignal.any([signal, bound])).catch((error: unknown) => {
    if (error instanceof LabError) throw error;
    if (bound.aborted) throw trouble(`not done after ${FETCH_BOUND_MS / 1000} s`);
    throw trouble(signal.aborted ? 'interrupted' : reasonOf(error), error);
  });
  const key = armouredKey(bytes);
  if ('wrong' in key) throw trouble(`what is there ${key.wrong}`);
  return key.text;
}

async function download(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, { signal });
  if (!response.url.startsWith('https:')) throw new Error(`it leads to ${response.url}, which is not https`);
  if (!response.ok) throw new Error(`the server says ${response.status} ${response.statusText}`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    length += part.length;
    // what is too large is told by the key's own check
    if (length > MOST_KEY_BYTES) break;
  }
  return Buffer.concat(parts);
}

/** fetch() says `fetch failed` and has the reason as its cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
