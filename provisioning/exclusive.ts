import { shellScript } from '../base/shell-script.ts';

/** How long a script waits for one that an earlier run left behind on the host, in seconds. */
export const HOST_LOCK_WAIT_S = 120;

/** Makes a script wait until no other script of the lab runs on the host. */
export function withHostLock(script: string): string {
  return shellScript('host-lock.sh', import.meta.url, { script, wait_s: HOST_LOCK_WAIT_S });
}
