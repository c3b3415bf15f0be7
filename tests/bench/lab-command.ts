import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Peak, watchMemory } from './memory.ts';
import { runTimed, type Timed } from './timed.ts';

export const LAB = fileURLToPath(new URL('../../lab', import.meta.url));

export type Measured = Timed & { readonly peak: Peak };

/** Runs `./lab --lab FILE …` from its start to its exit. Throws an Error with the end of its output unless it succeeds. */
export async function runLab(file: string, args: readonly string[], signal: AbortSignal): Promise<Timed> {
  return await runTimed(process.execPath, [LAB, '--lab', file, ...args], { signal });
}

/** Like runLab, and measures memory too, which slows the command down a little. */
export async function weighLab(file: string, args: readonly string[], signal: AbortSignal): Promise<Measured> {
  let memory: ReturnType<typeof watchMemory> | undefined;
  const onStart = (pid: number) => {
    memory = watchMemory(pid);
  };
  try {
    const timed = await runTimed(process.execPath, [LAB, '--lab', file, ...args], { signal, onStart });
    return { ...timed, peak: memory?.stop() ?? { process: Number.NaN, tree: Number.NaN } };
  } finally {
    memory?.stop();
  }
}
