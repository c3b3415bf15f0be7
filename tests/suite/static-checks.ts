import { seconds } from '../../base/paint.ts';
import { startNode } from './child.ts';
import type { Tally } from './tally.ts';

const CHECKS = [
  { name: 'types', script: 'node_modules/typescript/bin/tsc', args: [] },
  { name: 'lint', script: 'node_modules/@biomejs/biome/bin/biome', args: ['check'] },
];

/** Types and lint, side by side; each prints its result, and its complaints when it has any. */
export async function checkStatically(print: (line: string) => void, signal: AbortSignal): Promise<Tally> {
  const verdicts = CHECKS.map(async ({ name, script, args }) => {
    const begin = performance.now();
    const lines: string[] = [];
    const child = startNode(script, args, process.env, (line) => lines.push(line));
    signal.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
    const isGood = (await child.ended) === 0;
    if (signal.aborted) return isGood;
    if (!isGood) for (const line of lines) print(`  ${line}`);
    print(`  ${isGood ? '✔' : '✘ [fail]:'} ${name} (${seconds(performance.now() - begin)})`);
    return isGood;
  });
  const passed = (await Promise.all(verdicts)).filter(Boolean).length;
  return { passed, failed: CHECKS.length - passed };
}
