import path from 'node:path';
import { CALLED_AS } from '../base/called-as.ts';
import { printable } from '../base/paint.ts';
import type { PiCard } from '../deployment/pi-card.ts';
import type { Pi } from '../lab-file/lab.ts';

/** What was written and where, which secrets the card holds, and what to do next. */
export function cardLines({ name, wifi, host }: Pi, card: PiCard): string[] {
  const folder = path.relative('', card.folder) || '.';
  const address = host.kind === 'ssh' ? host.address : card.hostName;
  const hasPassword = host.kind === 'ssh' && host.password !== undefined;
  const secrets = [
    "the Pi's private host key",
    ...(wifi === undefined ? [] : [`the key of the Wi-Fi ${wifi.ssid}`]),
    ...(hasPassword ? ['the hash of the sudo password'] : []),
  ];
  const move = card.isOnCard
    ? 'unmount the card'
    : `copy the files in ${folder} to the boot partition (bootfs) of a card with Raspberry Pi OS`;
  return [
    `wrote user-data, network-config and meta-data to ${folder}, for ${card.user}@${address}`,
    ...(card.replaced === undefined ? [] : [`replaced the card of ${card.replaced}`]),
    ...card.backups.map((file) => `renamed the earlier file to ${file}`),
    ...(card.lacksCloudInit
      ? ['the card had no meta-data, so its system may lack cloud-init; Raspberry Pi OS of 2026 or later has it']
      : []),
    ...(card.pinnedIn === undefined ? [] : [`added the Pi's host key to ${card.pinnedIn}`]),
    ...(wifi === undefined ? ['the lab file has no `wifi` for it, so the Pi needs a network cable'] : []),
    `secrets on the card: ${secrets.join(', ')}`,
    `next: ${move}, put the card in, wait two minutes, run ${CALLED_AS} up`,
  ].map((line) => printable(`${name}: ${line}`));
}
