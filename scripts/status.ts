import { Command } from 'commander';
import { containerNames } from '../deployment/containers.ts';
import type { LiveBroker } from '../deployment/live-lab.ts';
import { knockOnce } from '../deployment/ready.ts';
import { type HostStatus, hostStatuses } from '../deployment/status.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { findContainers } from '../provisioning/docker/container-state.ts';
import { findEngine } from '../provisioning/docker/engine.ts';
import { openDisplay } from '../terminal/display.ts';
import { statusLines } from '../terminal/status-lines.ts';
import type { LabCommand } from './command.ts';

/** `./lab status`: what is there, which versions, reachable or not. */
export function status(): LabCommand {
  const command = new Command('status')
    .description(
      'Tell what is there, in which versions, and whether it can be reached; one CONNECT asks the broker. Changes nothing.',
    )
    .option('--json', 'one JSON object on standard output');
  return {
    command,
    async run(context) {
      const { json = false } = command.opts<{ json?: true }>();
      const lab = context.lab();
      const { paint, print } = await openDisplay(false);
      const engine = containerNames(lab).length > 0 ? await findEngine() : undefined;
      const machines =
        engine?.state === 'answers'
          ? await findContainers(engine.docker, lab.name, privateFolder(lab, 'keys', lab.name))
          : new Map();
      const knock = (broker: LiveBroker) => knockOnce({ lab, broker });
      const hosts: readonly HostStatus[] = await hostStatuses(lab, machines, engine?.state, knock, context.signal);
      if (json) print(JSON.stringify({ lab: lab.name, hosts }));
      else for (const line of statusLines(lab, hosts, paint)) print(line);
      return hosts.every(({ state }) => state === 'up') ? 0 : 1;
    },
  };
}
