import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { seconds } from '../../base/paint.ts';
import { NOT_STARTED, PROJECT, startProgram } from './child.ts';
import { sum, type Tally } from './tally.ts';

type StaticCheck = { readonly name: string; readonly program: string; readonly args: readonly string[] };

export const TYPES: StaticCheck = {
  name: 'types',
  program: process.execPath,
  args: ['node_modules/typescript/bin/tsc'],
};

/** Biome, which also gets the arguments, and shellcheck. */
export function lintChecks(args: readonly string[] = []): StaticCheck[] {
  const biome = ['node_modules/@biomejs/biome/bin/biome', 'check', ...args];
  return [
    { name: 'lint', program: process.execPath, args: biome },
    { name: 'shellcheck', program: 'shellcheck', args: ['--shell=sh', ...scripts(PROJECT)] },
    { name: 'shellcheck .ci/run', program: 'shellcheck', args: ['--shell=bash', '.ci/run'] },
  ];
}

/** The `.sh` files below a folder, apart from packages and hidden folders. */
function scripts(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(
    ({ name }) => !/^\.|^(node_modules|dist)$/.test(name),
  );
  return entries.flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return scripts(place);
    return entry.name.endsWith('.sh') ? [path.relative(PROJECT, place)] : [];
  });
}

/** Runs checks side by side; each prints its result, and its complaints when it has any. One whose program is missing says so and does not fail. */
export async function checkStatically(
  checks: readonly StaticCheck[],
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<Tally> {
  const verdicts = checks.map(async ({ name, program, args }): Promise<Tally> => {
    const begin = performance.now();
    const lines: string[] = [];
    const child = startProgram(program, args, { onLine: (line) => lines.push(line) });
    signal.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
    const exitCode = await child.ended;
    if (signal.aborted) return { passed: 0, failed: 0 };
    if (exitCode === NOT_STARTED) {
      print(`  ${name}: not checked, because ${program} is missing; apt-get install ${program}`);
      return { passed: 0, failed: 0 };
    }
    if (exitCode !== 0) for (const line of lines) print(`  ${line}`);
    print(`  ${exitCode === 0 ? '✔' : '✘ [fail]:'} ${name} (${seconds(performance.now() - begin)})`);
    return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  });
  return sum(await Promise.all(verdicts));
}
