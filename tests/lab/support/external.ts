import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import * as z from 'zod';
import type { Rights } from './aedes.ts';
import { startLab } from './command.ts';
import { labFolder, labName } from './run.ts';

const Results = z.object({
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  counts: z.record(z.string(), z.number()),
  checks: z.array(
    z.object({ id: z.string(), verdict: z.string(), reason: z.string().optional(), advice: z.string().optional() }),
  ),
});

export type Verified = z.infer<typeof Results> & {
  readonly code: number;
  readonly ms: number;
  /** Ids of the failed checks with their reasons. */
  readonly findings: Readonly<Record<string, string>>;
  /** The findings as text, a line each. */
  readonly output: string;
  /** The known deviations that checks found, a line each. */
  readonly deviations: readonly string[];
  /** The reason why a check was skipped; undefined: it was not. */
  skipped(id: string): string | undefined;
};

/** A folder with a lab file for a broker on this machine that is not the lab's own, and no Pis. Disposing of it removes the folder. */
export async function externalLab(
  { users, topics }: Rights,
  port: number,
  software?: string,
): Promise<AsyncDisposable & { folder: string }> {
  const folder = await labFolder('external');
  const broker = { host: 'external', address: '127.0.0.1', port, ...(software === undefined ? {} : { software }) };
  const content = stringify({ name: labName('external'), broker, pis: {}, users, topics });
  await writeFile(path.join(folder, 'lab.yaml'), content);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** `./lab verify --json` as a command, on such a lab file. */
export async function verifyExternal(
  rights: Rights,
  port: number,
  args: readonly string[] = [],
  { boundMs = 200_000, software }: { readonly boundMs?: number; readonly software?: string } = {},
): Promise<Verified> {
  await using lab = await externalLab(rights, port, software);
  const { code, stdout, all, ms } = await startLab(['verify', '--json', ...args], { cwd: lab.folder, boundMs }).ended;
  if (!stdout.includes('"counts":')) throw new Error(`verify gave no results:\n${all}`);
  const results = Results.parse(JSON.parse(stdout));
  const findings = results.checks.flatMap(({ id, verdict, reason = '' }) =>
    verdict === 'fail' || verdict === 'inconclusive' ? [[id, reason]] : [],
  );
  return {
    ...results,
    code,
    ms,
    findings: Object.fromEntries(findings),
    output: findings.map((finding) => finding.join(': ')).join('\n'),
    deviations: results.checks.flatMap(({ id, verdict, reason }) =>
      verdict === 'deviation' ? [`${id}: ${reason}`] : [],
    ),
    skipped: (id) => results.checks.find((check) => check.id === id && check.verdict === 'skipped')?.reason,
  };
}
