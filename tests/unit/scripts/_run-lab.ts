import process from 'node:process';
import { main } from '../../../scripts/lab.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const STREAMS = ['stdout', 'stderr'] as const;
// each run leaves a listener for errors
process.stdout.setMaxListeners(0);

/** Runs `./lab ARGS…` in this process, since a process costs half a second of CPU. */
export async function runLab(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const output = { stdout: '', stderr: '' };
  const listeners = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));
  const writes = STREAMS.map((name) => {
    const stream = process[name];
    const { write } = stream;
    stream.write = (chunk: Uint8Array | string) => {
      output[name] += chunk.toString();
      return true;
    };
    return () => {
      stream.write = write;
    };
  });
  try {
    const status = await main(args);
    return { status, ...output };
  } finally {
    for (const restore of writes) restore();
    for (const [signal, before] of listeners) {
      for (const listener of process.listeners(signal)) if (!before.includes(listener)) process.off(signal, listener);
    }
  }
}
