import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { LabError } from '../../base/errors.ts';
import { slowness } from '../../base/slowness.ts';
import { type Host, run } from '../../provisioning/hosts/host.ts';
import { pythonScript } from '../host-command.ts';
import { ATTEMPT_MS, type Attempt, alertOf, type Outcome, type Pem } from './attempt.ts';

const PROGRAM = new URL('attempts.py', import.meta.url);

const text = z.string();
const outcomeSchema = z.object({
  isConnected: z.boolean(),
  answers: z.array(text),
  version: text.exactOptional(),
  certificate: text.exactOptional(),
  end: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('answered') }),
    z.object({ kind: z.literal('unreachable'), text }),
    z.object({ kind: z.literal('distrusted'), fault: z.enum(['issuer', 'name', 'time', 'other']), text }),
    z.object({ kind: z.literal('alert'), text }),
    z.object({ kind: z.literal('closed') }),
    z.object({ kind: z.literal('silent') }),
    z.object({ kind: z.literal('failed'), text }),
  ]),
});

type Limits = { readonly boundMs: number; readonly signal?: AbortSignal | undefined };

/** Makes attempts from a host, several at a time, with one command. Returns their outcomes in the same order. */
export async function attemptsOnHost(host: Host, attempts: readonly Attempt[], limits: Limits): Promise<Outcome[]> {
  const input = { attempts: attempts.map(written), boundS: (ATTEMPT_MS * slowness()) / 1000 };
  const step = 'connect over TLS with Python';
  const { stdout } = await run(host, {
    step,
    script: pythonScript(await readFile(PROGRAM, 'utf8'), input),
    timeoutMs: limits.boundMs,
    signal: limits.signal,
  });
  const outcomes = parseOutcomes(stdout);
  if (outcomes.length === attempts.length) return outcomes;
  const happened = `${outcomes.length} of ${attempts.length} connections were tried`;
  throw new LabError({ subject: host.name, step, happened }, 'failed');
}

export function parseOutcomes(stdout: string): Outcome[] {
  return stdout.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const { end, ...seen } = outcomeSchema.parse(JSON.parse(line));
    return [{ ...seen, end: end.kind === 'alert' ? { ...end, text: alertOf(end.text) ?? end.text } : end }];
  });
}

/** With the text of its key, which otherwise hides. */
function written({ tls, ...attempt }: Attempt): object {
  if (tls?.certificate === undefined) return tls === undefined ? attempt : { ...attempt, tls };
  const { chain, key } = tls.certificate;
  const shown: Pem = 'text' in key ? { text: key.text.reveal() } : key;
  return { ...attempt, tls: { ...tls, certificate: { chain, key: shown } } };
}
