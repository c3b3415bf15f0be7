import { readdirSync, readFileSync } from 'node:fs';

/** What every process of this machine, those in containers among them, showed of some secrets in /proc/PID/cmdline and /proc/PID/environ. */
export type Sampler = {
  /** `PID cmdline: WORDS` for each process that showed a secret. */
  readonly shown: ReadonlySet<string>;
  /** Names of all programs that were seen, to show that the sampling reached where it should. */
  readonly programs: ReadonlySet<string>;
  stop(): void;
};

const SAMPLE_EVERY_MS = 25;
/** A process that has been looked at so often has become the program that it will be; from then on it is looked at once a second. */
const YOUNG = 40;

/**
 * Samples until it is stopped. The process that was given the secrets in its environment, `givenTo`, has them there, and so has its esbuild, which
 * compiles the sources before the lab file is read; both are this user's.
 */
export function sampleProcesses(secrets: readonly string[], givenTo: () => number | undefined): Sampler {
  const shown = new Set<string>();
  const programs = new Set<string>();
  let looks = new Map(processes().map((pid) => [pid, YOUNG]));
  const timer = setInterval(() => {
    looks = new Map(processes().map((pid) => [pid, (looks.get(pid) ?? 0) + 1]));
    const given = read(`/proc/${givenTo()}/cmdline`);
    for (const [pid, count] of looks) {
      if (count > YOUNG && count % YOUNG !== 0) continue;
      const words = read(`/proc/${pid}/cmdline`);
      programs.add(words.split('\0')[0]?.split('/').pop() ?? '');
      const isLeaky = (text: string) => secrets.some((secret) => text.includes(secret));
      if (isLeaky(words)) shown.add(`${pid} cmdline: ${words.replaceAll('\0', ' ')}`);
      // a fork that has not yet become another program has the words of the process that was given them
      const isGiven = words === given || words.includes('/bin/esbuild\0');
      if (!isGiven && isLeaky(read(`/proc/${pid}/environ`)))
        shown.add(`${pid} environ: ${words.replaceAll('\0', ' ')}`);
    }
  }, SAMPLE_EVERY_MS);
  return { shown, programs, stop: () => clearInterval(timer) };
}

function processes(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
