import { Command } from 'commander';
import { connectOnce } from '../deployment/connect-once.ts';
import { containerNames } from '../deployment/containers.ts';
import { type Containers, locateContainers } from '../deployment/locate.ts';
import { hostStatuses } from '../deployment/status.ts';
import { findEngine } from '../provisioning/docker/engine.ts';
import type { StatusJson } from '../records/json/status.ts';
import { openDisplay } from '../terminal/display.ts';
import { statusLines } from '../terminal/status-lines.ts';
import type { LabCommand } from './command.ts';

/** `./lab status`: the state of each host. */
export function status(): LabCommand {
  const command = new Command('status')
    .description(
      'Show the state of each host: reachable, which versions, whether the broker accepts a user. Changes nothing. Exit code 1 when a host does not answer or lacks something.',
    )
    .option('--json', 'one JSON object on standard output');
  return {
    command,
    async run(context) {
      const { json = false } = command.opts<{ json?: true }>();
      const lab = context.lab();
      const { paint, print } = await openDisplay();
      const engine = containerNames(lab).length > 0 ? await findEngine() : undefined;
      const hasEngine = engine?.state === 'answers';
      const containers: Containers = hasEngine ? await locateContainers(lab, engine.docker) : new Map();
      const hosts = await hostStatuses(lab, {
        containers,
        hasEngine,
        connect: (broker) => connectOnce({ lab, broker }),
        signal: context.signal,
      });
      if (json) print(JSON.stringify({ lab: lab.name, hosts } satisfies StatusJson));
      else for (const line of statusLines(lab, hosts, paint)) print(line);
      return hosts.every(({ state }) => state === 'up') ? 0 : 1;
    },
  };
}
