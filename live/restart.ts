import { serviceScript } from '../mosquitto/service-script.ts';
import { run } from '../provisioning/hosts/host.ts';
import { type HostAddress, openHost } from '../provisioning/hosts/open.ts';
import type { NewEvent } from './protocol.ts';
import { refusal } from './settings.ts';

const RESTART_MS = 60_000;

/** Restarts the lab's own broker; one restart at a time. */
export function openRestart(where: HostAddress | undefined, add: (event: NewEvent) => void): () => Promise<void> {
  let isRestarting = false;
  return async () => {
    const step = 'restart the broker';
    if (where === undefined) throw refusal(step, "it is not the lab's own");
    if (isRestarting) throw refusal(step, 'it restarts already');
    isRestarting = true;
    try {
      await using host = await openHost('broker', where);
      add({ is: 'broker', what: 'restarting' });
      try {
        // the host completes it without this process
        const script = `trap : HUP INT TERM PIPE\n${serviceScript('restart')}`;
        await run(host, { step, script, root: true, timeoutMs: RESTART_MS });
        add({ is: 'broker', what: 'running' });
      } catch (error) {
        add({ is: 'broker', what: 'failed' });
        throw error;
      }
    } finally {
      isRestarting = false;
    }
  };
}
