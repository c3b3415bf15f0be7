import * as z from 'zod';
import type { CommandOptions } from './command.ts';
import type { TestLab } from './lab.ts';

/** Verdicts by check id. */
export type Checks = ReadonlyMap<string, string>;

const Results = z.object({ checks: z.array(z.object({ id: z.string(), verdict: z.string() })) });

/** `./lab verify --json`: the exit code, the verdict of each check, and the failures that it printed to standard error. */
export async function verify(
  lab: Pick<TestLab, 'run'>,
  args: readonly string[] = [],
  options: Partial<CommandOptions> = {},
): Promise<{ code: number; checks: Checks; output: string }> {
  const { code, stdout, stderr } = await lab.run(['verify', '--json', ...args], options);
  const { checks } = Results.parse(JSON.parse(stdout));
  return { code, checks: new Map(checks.map(({ id, verdict }) => [id, verdict])), output: stderr };
}
