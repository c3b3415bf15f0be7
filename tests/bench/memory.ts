import { readdirSync, readFileSync } from 'node:fs';

/** Peak memory of a process and all that it starts, in MB. */
export type Peak = {
  /** The largest process at its largest (proc(5), VmHWM). */
  readonly process: number;
  /**
   * All processes at the same moment: what each has of its own, and once the files that they share, of which the Node binary is the largest
   * (proc(5), RssAnon and RssFile; Pss would share them with strangers' processes too).
   */
  readonly tree: number;
};

const SAMPLE_EVERY_MS = 100;

/** Samples a process tree until `stop`, which gives its peaks. */
export function watchMemory(root: number): { stop(): Peak } {
  const peak = { process: 0, tree: 0 };
  const sample = () => {
    const pids = treeOf(root);
    peak.process = Math.max(peak.process, ...pids.map((pid) => megabytes(`/proc/${pid}/status`, 'VmHWM')));
    const own = pids.reduce((sum, pid) => sum + megabytes(`/proc/${pid}/status`, 'RssAnon'), 0);
    const shared = Math.max(0, ...pids.map((pid) => megabytes(`/proc/${pid}/status`, 'RssFile')));
    peak.tree = Math.max(peak.tree, own + shared);
  };
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}

function treeOf(root: number): number[] {
  const parents = new Map(
    readdirSync('/proc').flatMap((name) => {
      const parent = /^\d+$/.test(name) ? /^PPid:\s+(\d+)$/m.exec(read(`/proc/${name}/status`))?.[1] : undefined;
      return parent === undefined ? [] : [[Number(name), Number(parent)] as const];
    }),
  );
  const isInside = (pid: number | undefined): boolean =>
    pid === root || (pid !== undefined && isInside(parents.get(pid)));
  return [...parents.keys()].filter(isInside);
}

function megabytes(file: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(read(file))?.[1] ?? 0) / 1024;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
