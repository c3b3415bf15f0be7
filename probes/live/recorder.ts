import type { KernelEnd } from '../network/kernel-end.ts';
import type { RecorderCommand, RecorderLine } from './recorder-lines.ts';

/** A process that holds a client's connection. Disposing of it ends it, whatever happened before. */
export type Recorder = AsyncDisposable & {
  send(command: RecorderCommand): void;
  /** Kills it and its client program by SIGKILL; returns when, and how its kernel ended the connection. */
  kill(): Promise<KernelEnd>;
  /** Resolves after its last line, with what it complained about. */
  readonly ended: Promise<string | undefined>;
};

export type OnLine = (line: RecorderLine) => void;
