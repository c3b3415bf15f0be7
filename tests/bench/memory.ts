import { readdirSync, readFileSync } from 'node:fs';

/** Peak memory of a process and all that it starts, in MB. */
export type Peak = {
  /** The largest process at its largest (proc(5), VmHWM). */
  readonly process: number;
  /**
   * All processes at the same moment: the memory of each, and once the files that they share, mostly the Node binary
   * (proc(5), RssAnon and RssFile; Pss would divide these by other programs' processes too).
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

/** proc(5), /proc/PID/task/TID/children: reading every process of the machine would slow down the measured command. */
function treeOf(root: number): number[] {
  return [root, ...threadsOf(root).flatMap(childrenOf).flatMap(treeOf)];
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
  } catch {
    return [];
  }
}

function childrenOf(task: string): number[] {
  return read(`${task}/children`).split(' ').filter(Boolean).map(Number);
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
