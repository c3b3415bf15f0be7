import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Peak, watchMemory } from './memory.ts';

const LAB = fileURLToPath(new URL('../../lab', import.meta.url));

export type Measured = { readonly seconds: number; readonly stdout: string; readonly peak: Peak };

/** Runs `./lab --lab FILE …` from its start to its exit. Throws an Error with the end of its output unless it succeeds. */
export async function runLab(file: string, args: readonly string[], signal: AbortSignal): Promise<Measured> {
  const begin = performance.now();
  const child = spawn(process.execPath, [LAB, '--lab', file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const onAbort = () => child.kill('SIGINT');
  signal.addEventListener('abort', onAbort, { once: true });
  const memory = watchMemory(child.pid ?? 0);
  try {
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    const seconds = (performance.now() - begin) / 1000;
    if (code === 0) return { seconds, stdout, peak: memory.stop() };
    throw new Error(`./lab ${args.join(' ')}: exit code ${code}\n${stdout.slice(-1500)}${stderr.slice(-1500)}`);
  } finally {
    memory.stop();
    signal.removeEventListener('abort', onAbort);
  }
}
