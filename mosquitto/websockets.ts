import { LabError } from '../base/errors.ts';
import { shellScript } from '../base/shell-script.ts';
import type { Lab } from '../lab-file/lab.ts';
import type { Query } from '../provisioning/resources/facts.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { PATHS } from './paths.ts';

/** Whether the host's Mosquitto, or the one that apt would install, speaks WebSockets: `yes`, `no VERSION`, or nothing where that is unknown. */
export const WEBSOCKETS: Query = { id: 'websockets', script: shellScript('websockets.sh', import.meta.url, PATHS) };

/** A Mosquitto without WebSockets opens no such listener and does not complain (2.0.11 of Debian 12), so `up` refuses. */
export function webSockets({ broker }: Pick<Lab, 'broker'>): readonly Resource[] {
  const ports = broker.listeners.filter(({ protocol }) => protocol === 'websockets').map(({ port }) => port);
  if (ports.length === 0) return [];
  return [
    {
      id: 'websockets',
      queries: [WEBSOCKETS],
      plan(facts) {
        const [answer, version = ''] = facts.get(WEBSOCKETS).output.trim().split(' ');
        if (answer !== 'no') return { items: [] };
        const happened = `Mosquitto ${version} on this host has no WebSockets, which port ${ports.join(', ')} of the lab file needs`;
        const advice =
          'use Debian 13 (`containers.debian: 13` for a container), install Mosquitto from its own repository (mosquitto.org) on this host, or leave the listener out';
        throw new LabError({ subject: 'broker', step: 'check the listeners', happened, advice }, 'could-not-run');
      },
    },
  ];
}
