import { createHash } from 'node:crypto';
import { type CardWifi, cardYaml, renderNetworkConfig } from './network-config.ts';
import { type CardUser, renderUserData } from './user-data.ts';

/** The files that cloud-init reads from the boot partition (NoCloud), by name. */
export type CardFiles = Readonly<Record<(typeof CARD_FILES)[number], string>>;
export const CARD_FILES = ['user-data', 'network-config', 'meta-data'] as const;

export function renderCard(user: CardUser, wifi: CardWifi | undefined): CardFiles {
  const userData = renderUserData(user);
  const networkConfig = renderNetworkConfig(user.pi, wifi);
  return {
    'user-data': userData,
    'network-config': networkConfig,
    'meta-data': metaData(user, [userData, networkConfig]),
  };
}

/** The Pi of a file that comes from `renderCard`; undefined: the file has another origin. */
export function piOfCard(text: string): string | undefined {
  return /^(?:#cloud-config\n)?# Written by mqtt-lab for ([^.\n]+)\./.exec(text)?.[1];
}

/** cloud-init sets a Pi up again when `instance-id` changes. */
function metaData({ pi, hostName }: CardUser, others: readonly string[]): string {
  const digest = createHash('sha256').update(others.join('\0')).digest('hex').slice(0, 12);
  const data = { 'instance-id': `mqtt-lab-${pi}-${digest}`, 'local-hostname': hostName, dsmode: 'local' };
  return `# Written by mqtt-lab for ${pi}.\n${cardYaml(data)}`;
}
