import path from 'node:path';
import { Command } from 'commander';
import { InputError } from '../base/errors.ts';
import { makeCard, type PiCard } from '../deployment/pi-card.ts';
import type { Pi } from '../lab-file/lab.ts';
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
      for (const line of cardLines(pi, card, to !== undefined)) console.log(line);
      return 0;
    },
  };
}

/** What was written, what the card holds, and what to do with it. */
function cardLines({ name, wifi, host }: Pi, card: PiCard, isOnCard: boolean): string[] {
  const folder = path.relative('', card.folder) || '.';
  const login = `${card.user}@${host.kind === 'ssh' ? host.address : card.hostName}`;
  const hash = host.kind === 'ssh' && host.password !== undefined ? ', the hash of the sudo password' : '';
  const key = wifi === undefined ? '' : `, the key of the Wi-Fi ${wifi.ssid}`;
  const copy = isOnCard
    ? 'unmount the card'
    : `copy the files of ${folder} to the boot partition (bootfs) of a card with Raspberry Pi OS`;
  return [
    `${name}: wrote user-data, network-config and meta-data to ${folder}, for ${login}`,
    ...card.backups.map((file) => `${name}: kept the earlier file as ${file}`),
    ...(card.lacksCloudInit
      ? [`${name}: this card has no meta-data: its image may lack cloud-init; use Raspberry Pi OS of 2026 or later`]
      : []),
    ...(card.pinnedIn === undefined ? [] : [`${name}: added the Pi's host key to ${card.pinnedIn}`]),
    ...(wifi === undefined ? [`${name}: no \`wifi\` in the lab file; the Pi needs a network cable`] : []),
    `${name}: the card holds the Pi's private host key${key}${hash}: who reads it can use them`,
    `next: ${copy}, put the card in, wait two minutes, run ./lab up`,
  ];
}
