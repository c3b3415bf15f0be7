import { Command } from 'commander';
import { findEngine } from '../provisioning/docker/engine.ts';
import { removeImages } from '../provisioning/docker/image.ts';
import { removeMachines } from '../provisioning/docker/machine.ts';
import { removeNetworks } from '../provisioning/docker/network.ts';
import { LabError } from '../provisioning/errors.ts';
import { removeLoginKey } from '../provisioning/login-key.ts';
import { containerMachines } from '../provisioning/machines.ts';
import type { LabCommand } from './lab.ts';

/** `./lab down`: removes what the lab made in Docker, and its key. */
export function down(): LabCommand {
  const command = new Command('down')
    .description(
      "Remove the lab's containers, network, images and keys. Hosts that are not containers stay as they are.",
    )
    .option('--keep-images', 'keep the images, so that the next up is faster');
  return {
    command,
    logsIn: false,
    async run(context) {
      const { keepImages = false } = command.opts<{ keepImages?: true }>();
      const lab = context.lab();
      const found = await findEngine();
      if (found.state === 'answers') {
        const containers = await removeMachines(found.docker, lab.name);
        const networks = await removeNetworks(found.docker, lab.name);
        const images = keepImages ? 0 : await removeImages(found.docker, lab.name);
        console.log(`removed: ${containers} containers, ${networks} networks, ${images} images`);
      } else if (containerMachines(lab).length > 0) {
        const happened =
          found.state === 'absent'
            ? `no engine answers at ${found.endpoint}: ${found.why}`
            : `this user may not use ${found.endpoint}`;
        throw new LabError(
          {
            subject: 'docker',
            step: 'remove the containers',
            happened,
            advice: 'start the engine, then run the command again',
          },
          2,
        );
      }
      await removeLoginKey(lab);
      const others = [
        ...(lab.broker.host.kind === 'local' || lab.broker.host.kind === 'ssh' ? ['broker'] : []),
        ...lab.pis.filter(({ host }) => host.kind === 'ssh').map(({ name }) => name),
      ];
      if (others.length > 0) console.log(`left as they are: ${others.join(', ')}`);
      return 0;
    },
  };
}
