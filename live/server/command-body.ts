import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { type Command, commandSchema } from '../protocol.ts';
import type { Refusal } from './refusal.ts';

const MOST_BYTES = 64_000;

/** The command in the body of a request, or why there is none. */
export async function commandOf(request: IncomingMessage): Promise<Command | Refusal> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json')
    return { status: 415, text: 'a command has the content type application/json' };
  const body = await bodyOf(request);
  if (body === undefined) return { status: 413, text: `a command has at most ${MOST_BYTES} bytes` };
  const { success, data, error } = commandSchema.safeParse(jsonOf(body));
  return success ? data : { status: 400, text: `this is no command: ${z.prettifyError(error)}` };
}

/** Undefined for a body that is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  // the answer needs the connection
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
