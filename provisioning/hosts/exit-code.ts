import { constants } from 'node:os';

const SIGNALS: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals));

/** The exit code that a shell gives for a process that this signal ended (sh(1)). */
export function codeOfSignal(signal: string | null | undefined): number {
  return 128 + (SIGNALS.get(signal ?? '') ?? 0);
}

/** `exit code 1`; for a code by which a shell reports a signal, `ended by SIGKILL (exit code 137)`. */
export function exitText(code: number): string {
  const signal = [...SIGNALS].find(([, number]) => number === code - 128)?.[0];
  return signal === undefined ? `exit code ${code}` : `ended by ${signal} (exit code ${code})`;
}

/** What to look at after a signal that the lab did not send; undefined for other codes. */
export function signalAdvice(code: number): string | undefined {
  if (code === codeOfSignal('SIGKILL')) {
    return 'check on the host whether memory ran out: sudo dmesg | grep -i -e oom -e "killed process"';
  }
  const ends = ['SIGTERM', 'SIGHUP', 'SIGINT'].some((signal) => code === codeOfSignal(signal));
  return ends ? 'find out what ended it on the host, such as a shutdown, then run the command again' : undefined;
}
