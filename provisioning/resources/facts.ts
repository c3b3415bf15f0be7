import { randomBytes } from 'node:crypto';
import type { Host } from '../hosts/host.ts';
import { run } from '../hosts/host.ts';

/** A question to a host: a read-only script, run as root unless it is asked otherwise. Its answer is the exit code and the standard output. */
export type Query = { readonly id: string; readonly script: string };

export type Fact = { readonly code: number; readonly output: string };

/** Answers by query id. */
export type Facts = { readonly get: (query: Query) => Fact };

/** How long a host may take for its answers. */
export const FACTS_TIMEOUT_MS = 60_000;

/** Asks a host all its questions in one round trip; with `root: false` as the user who is logged in there, for questions that anybody may ask. */
export async function gatherFacts(
  host: Host,
  queries: readonly Query[],
  signal?: AbortSignal,
  { root = true }: { readonly root?: boolean } = {},
): Promise<Facts> {
  const { script, read } = questions(queries);
  const command = { step: 'look at the host', script, root, timeoutMs: FACTS_TIMEOUT_MS, signal };
  return read((await run(host, command)).stdout);
}

/** One script that asks all questions, and what reads the answers out of its standard output. */
export type Questions = { readonly script: string; readonly read: (stdout: string) => Facts };

export function questions(queries: readonly Query[]): Questions {
  const mark = `fact-${randomBytes(12).toString('hex')}`;
  const read = (stdout: string): Facts => {
    const answers = unframe(stdout, mark);
    return {
      get({ id }) {
        const answer = answers.get(id);
        if (answer === undefined) throw new Error(`no fact ${id} was gathered`);
        return answer;
      },
    };
  };
  return { script: framed(queries, mark), read };
}

/** Each script in a subshell of its own, its output between two marks that nothing on the host can guess. */
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
