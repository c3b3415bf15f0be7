import { shellScript } from '../base/shell-script.ts';

/** How long a script waits for one that an earlier run has left behind on the host, in seconds. */
export const HOST_LOCK_WAIT_S = 120;

/** The script, so that no other one that came this way runs on the same host meanwhile. */
export function withHostLock(script: string): string {
  return shellScript('host-lock.sh', import.meta.url, { script, wait_s: HOST_LOCK_WAIT_S });
}
