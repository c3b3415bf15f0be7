import path from 'node:path';
import process from 'node:process';
import { startProgram } from '../../suite/child.ts';
import type { TestLab } from './lab.ts';

/** `npx ava` on the files of these families, against a lab. */
export async function smoke(
  { folder }: TestLab,
  ...families: readonly string[]
): Promise<{ readonly code: number; readonly output: string }> {
  const lines: string[] = [];
  const LAB = path.join(folder, 'lab.yaml');
  const words = [
    'node_modules/ava/entrypoints/cli.mjs',
    '--config',
    'ava.config.js',
    ...families.map((family) => `tests/smoke/${family}.ts`),
  ];
  const { ended } = startProgram(process.execPath, words, {
    onLine: (line) => lines.push(line),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LAB },
  });
  return { code: await ended, output: lines.join('\n') };
}
