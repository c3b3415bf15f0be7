import path from 'node:path';
import { Command } from 'commander';
import { InputError } from '../base/errors.ts';
import { makeCard } from '../deployment/pi-card.ts';
import { cardLines } from '../terminal/card-lines.ts';
import type { LabCommand } from './command.ts';

/** `./lab image`: what a blank Pi needs on its card. */
export function image(): LabCommand {
  const command = new Command('image')
    .description(
      "Write cloud-init's files for the card of a real Pi: host name, user, SSH with a known host key, Wi-Fi, time zone and locale. Then `up` needs no answer.",
    )
    .argument('<pi>', 'name of a Pi that the lab reaches over SSH')
    .option('--to <folder>', 'the mounted boot partition of the card, or another folder (default: ".lab/image-PI")');
  return {
    command,
    logsIn: false,
    makesCard: true,
    async run(context) {
      const lab = context.lab();
      const { to } = command.opts<{ to?: string }>();
      const [name] = command.args;
      const pi = lab.pis.find((candidate) => candidate.name === name);
      if (pi === undefined) {
        const known = lab.pis.map((candidate) => candidate.name).join(', ') || 'the lab has none';
        throw new InputError([`image ${name}: the lab has no such Pi; choose from ${known}`]);
      }
      const card = await makeCard(lab, pi, to === undefined ? undefined : path.resolve(to));
      for (const line of cardLines(pi, card)) console.log(line);
      return 0;
    },
  };
}
