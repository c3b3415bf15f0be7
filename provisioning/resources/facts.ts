import { randomBytes } from 'node:crypto';
import type { Host } from '../hosts/host.ts';
import { run } from '../hosts/host.ts';

/** A read-only script that asks a host something; it runs as root by default. */
export type Query = { readonly id: string; readonly script: string };

/** A query's exit code and standard output. */
export type Fact = { readonly code: number; readonly output: string };

export type Facts = { readonly get: (query: Query) => Fact };

export const FACTS_TIMEOUT_MS = 60_000;

/** Runs all queries on a host in one round trip; with `root: false` as the user who is logged in there. */
export async function gatherFacts(
  host: Host,
  queries: readonly Query[],
  signal?: AbortSignal,
  { root = true }: { readonly root?: boolean } = {},
): Promise<Facts> {
  const { script, read } = questions(queries);
  const command = { step: 'gather facts', script, root, timeoutMs: FACTS_TIMEOUT_MS, signal };
  return read((await run(host, command)).stdout);
}

/** One script for all queries, and the function that reads the facts from its standard output. */
export type Questions = { readonly script: string; readonly read: (stdout: string) => Facts };

export function questions(queries: readonly Query[]): Questions {
  const mark = `fact-${randomBytes(12).toString('hex')}`;
  const read = (stdout: string): Facts => {
    const facts = unframe(stdout, mark);
    return {
      get({ id }) {
        const fact = facts.get(id);
        if (fact === undefined) throw new Error(`no fact ${id} was gathered`);
        return fact;
      },
    };
  };
  return { script: framed(queries, mark), read };
}

/** Each script in a subshell of its own, its output between two marks that no output of the host can imitate. */
export function framed(queries: readonly Query[], mark: string): string {
  return queries
    .map(({ id, script }) => `echo '${mark} ${id}'\n( ${script}\n) 2>/dev/null\necho "\n${mark} $?"`)
    .join('\n');
}

export function unframe(output: string, mark: string): Map<string, Fact> {
  const pattern = new RegExp(`^${mark} (\\S+)\\n([\\s\\S]*?)\\n?^${mark} (\\d+)$`, 'gm');
  return new Map(
    [...output.matchAll(pattern)].map(
      ([, id = '', text = '', code]) => [id, { code: Number(code), output: text }] as const,
    ),
  );
}
