import { LabError } from '../../base/errors.ts';
import { armouredKey, MOST_KEY_BYTES } from '../../lab-file/signing-key.ts';

const FETCH_BOUND_MS = 20_000;

/** Fetches a signing key to this machine, over https also after redirects, and returns it in ASCII armour; throws a LabError. */
export async function fetchKey(subject: string, url: string, signal: AbortSignal): Promise<string> {
  const trouble = (happened: string, cause?: unknown) => {
    const advice =
      'check that this machine reaches it; or save the key as a file beside the lab file, and name that file';
    return new LabError({ subject, step: `fetch the key ${url}`, happened, advice }, 'could-not-run', { cause });
  };
  const bound = AbortSignal.timeout(FETCH_BOUND_MS);
  const bytes = await download(url, AbortSignal.any([signal, bound])).catch((error: unknown) => {
    if (error instanceof LabError) throw error;
    if (bound.aborted) throw trouble(`no complete answer after ${FETCH_BOUND_MS / 1000} s`);
    throw trouble(signal.aborted ? 'interrupted' : reasonOf(error), error);
  });
  const key = armouredKey(bytes);
  if ('wrong' in key) throw trouble(`the answer ${key.wrong}`);
  return key.text;
}

async function download(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, { signal });
  if (!response.url.startsWith('https:')) throw new Error(`it redirects to ${response.url}, which is not https`);
  if (!response.ok) throw new Error(`the server answers ${response.status} ${response.statusText}`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    length += part.length;
    // armouredKey() reports one that is too large
    if (length > MOST_KEY_BYTES) break;
  }
  return Buffer.concat(parts);
}

/** The message of fetch() is `fetch failed`; its cause has the reason. */
function reasonOf(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
