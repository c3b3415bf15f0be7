import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { type Command, commandSchema, LIMITS } from '../protocol.ts';
import type { Refusal } from './refusal.ts';

const MOST_BYTES = 64_000;

/** The command in the body of a request, or why there is none. */
export async function commandOf(request: IncomingMessage): Promise<Command | Refusal> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json')
    return { status: 415, text: 'a command has the content type application/json' };
  const body = await bodyOf(request);
  if (body === undefined)
    return { status: 413, text: `a command has at most ${MOST_BYTES} bytes, and a payload ${LIMITS.payloadBytes}` };
  const { success, data, error } = commandSchema.safeParse(jsonOf(body));
  return success ? data : { status: 400, text: problemOf(error) };
}

/** What is wrong with a text that a person typed; else what is wrong with the page. */
function problemOf(error: z.ZodError<Command>): string {
  const typed = error.issues.filter(({ message }) => message.startsWith('is '));
  if (typed.length === 0) return `this is no command: ${z.prettifyError(error)}`;
  return `${typed.map(({ path, message }) => `${fieldOf(path)} ${message}`).join('; ')}; nothing was done`;
}

/** `settings.will.payload` is the payload of the will. */
function fieldOf(path: readonly PropertyKey[]): string {
  const names = path.filter((name) => name !== 'settings').toReversed();
  return names.map((name) => `the ${String(name)}`).join(' of ');
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
