import { readFileSync } from 'node:fs';
import process from 'node:process';
import { errorCode } from '../../base/errors.ts';

/** Whether a process of this machine has ended, reaped or not; no for one of another user or one that /proc hides. */
export function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'ESRCH';
  }
  try {
    // proc(5), State: an ended process that its parent has not reaped
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
