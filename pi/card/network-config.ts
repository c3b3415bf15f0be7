import { pbkdf2Sync } from 'node:crypto';
import { stringify } from 'yaml';
import type { Secret } from '../../base/secret.ts';

export type CardWifi = { readonly ssid: string; readonly country: string; readonly password: Secret };

/** cloud-init's network configuration (version 2): the wired interface, and Wi-Fi where there is some, by DHCP. */
export function renderNetworkConfig(pi: string, wifi: CardWifi | undefined): string {
  // `optional`: without it, the boot waits for a cable
  const dhcp = { dhcp4: true, optional: true };
  const network = {
    version: 2,
    ethernets: { eth0: dhcp },
    ...(wifi === undefined ? {} : { wifis: { wlan0: { ...dhcp, ...radio(wifi) } } }),
  };
  return `# Written by mqtt-lab for ${pi}.\n${cardYaml({ network })}`;
}

function radio({ ssid, country, password }: CardWifi) {
  const key = wpaKey(password.reveal(), ssid);
  return { 'regulatory-domain': country, 'access-points': { [ssid]: { password: key } } };
}

/** The key of a WPA network in hexadecimal digits, from its passphrase (IEEE 802.11, J.4.1); returns a key unchanged. */
export function wpaKey(password: string, ssid: string): string {
  return password.length === 64 ? password : pbkdf2Sync(password, ssid, 4096, 32, 'sha1').toString('hex');
}

/** YAML as cloud-init reads it, with PyYAML: in YAML 1.1 an unquoted NO is false. */
export function cardYaml(value: object): string {
  return stringify(value, { version: '1.1', lineWidth: 0 });
}
