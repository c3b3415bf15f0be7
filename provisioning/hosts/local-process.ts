import { readFileSync } from 'node:fs';
import process from 'node:process';

/** Whether a process of this machine has ended, reaped or not. One that belongs to somebody else, or that /proc hides, has not. */
export function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
  try {
    // proc(5), State: a process that has ended and that nobody has reaped
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
