import { mkdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import process from 'node:process';
import { ignoreFailure, LabError } from '../base/errors.ts';
import { quote } from '../base/quote.ts';
import { cardFile } from '../lab-file/card-file.ts';
import type { Lab, Pi, SshPlace, Wifi } from '../lab-file/lab.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { renderCard } from '../pi/card/card.ts';
import { localeOf } from '../pi/card/locale.ts';
import type { CardWifi } from '../pi/card/network-config.ts';
import { timeZoneOf } from '../pi/card/time-zone.ts';
import { knownKeys, saveKey } from '../provisioning/hosts/known-hosts.ts';
import { ownPublicKeys } from '../provisioning/hosts/own-public-keys.ts';
import { publicKeys } from '../provisioning/hosts/public-key.ts';
import type { Destination } from '../provisioning/hosts/ssh-config.ts';
import { destinationOf } from '../provisioning/hosts/ssh-destination.ts';
import { ensureKey, type OwnKey } from './key-file.ts';
import { type WrittenCard, writeCard } from './write-card.ts';

/** A card for a Pi, and where it is. */
export type PiCard = WrittenCard & {
  readonly folder: string;
  /** Whether the user named the folder, so that nothing needs to be copied. */
  readonly isOnCard: boolean;
  readonly hostName: string;
  readonly user: string;
  /** The known_hosts file with the Pi's new host key; undefined where the key was known already. */
  readonly pinnedIn: string | undefined;
};

/** The user of Raspberry Pi OS. */
const USER = 'pi';

/**
 * Writes what cloud-init needs to set up a blank Pi, and pins its host key, so that the first login needs no answer.
 * Throws a LabError with exit code 2 where the lab file or known_hosts contradicts that.
 * @param to the boot partition of a card, or another folder; undefined: `.lab/image-PI/`
 */
export async function makeCard(lab: Lab, pi: Pi, to: string | undefined): Promise<PiCard> {
  const place = placeOf(pi);
  const destination = await destinationOf(pi.name, place);
  const user = userOf(pi.name, place, destination);
  const hostKey = await ensureKey(lab, cardFile(lab, pi.name, 'host'), pi.name);
  const isPinned = await checkPins(pi.name, place, destination, hostKey);
  const loginKey = await ensureKey(lab, cardFile(lab, pi.name, 'login'), `mqtt-lab ${lab.name}`);
  const hostName = hostNameOf(destination.hostName, pi.name);
  const files = renderCard(
    {
      ...{ pi: pi.name, hostName, user, password: place.password },
      authorizedKeys: [...new Set([loginKey.publicKey, ...(await ownPublicKeys(destination))])],
      hostKey: { public: hostKey.publicKey, private: await readFile(hostKey.file, 'utf8') },
      timeZone: timeZoneOf([process.env.TZ, await ignoreFailure(readlink('/etc/localtime'))]),
      locale: localeOf(process.env),
    },
    wifiOf(pi.wifi),
  );
  const folder = to ?? privateFolder(lab, `image-${pi.name}`);
  if (to === undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const written = await writeCard(pi.name, folder, files);
  const [key] = publicKeys(hostKey.publicKey);
  const pinnedIn = isPinned || key === undefined ? undefined : await saveKey(pi.name, destination, key.blob);
  await writeFile(cardFile(lab, pi.name, 'unreached'), '', { mode: 0o600 });
  return { ...written, folder, isOnCard: to !== undefined, hostName, user, pinnedIn };
}

function refused(subject: string, happened: string, advice: string): LabError {
  return new LabError({ subject, step: 'make the card', happened, advice }, 'could-not-run');
}

function placeOf({ name, host }: Pi): SshPlace {
  if (host.kind === 'ssh') return host;
  throw refused(name, 'an emulated Pi has no card', 'set its `host` in the lab file to ssh://pi@NAME.local');
}

/** The card's user, as whom the lab logs in later. */
function userOf(name: string, { user, address }: SshPlace, destination: Destination): string {
  const wanted = user ?? USER;
  if (wanted === 'root') {
    throw refused(
      name,
      "cloud-init switches root's login off",
      `set \`host\` in the lab file to ssh://${USER}@${address}`,
    );
  }
  if (user !== undefined || destination.user === wanted) return wanted;
  const happened = `the card would have the user ${USER}, and ssh would log in as ${destination.user}`;
  throw refused(name, happened, `set \`host\` in the lab file to ssh://${USER}@${address}, or to another user`);
}

/** Whether this key is the known one of the host already; throws where another one is. */
async function checkPins(
  name: string,
  { hostKey: pinned }: SshPlace,
  destination: Destination,
  { publicKey }: OwnKey,
): Promise<boolean> {
  const found = pinned === undefined ? await knownKeys(name, destination) : { keys: publicKeys(pinned), files: [] };
  const known = found.keys;
  const [own] = publicKeys(publicKey);
  if (known.length === 0) return false;
  if (own !== undefined && known.some(({ blob }) => blob.equals(own.blob))) return true;
  if (pinned !== undefined) {
    throw refused(
      name,
      '`hostKey` in the lab file is not the key of the card',
      `set it to "${publicKey}", or remove it`,
    );
  }
  const happened = `known_hosts has another key for ${destination.knownAs}, and the card gives the Pi a new one`;
  // without -f, ssh-keygen edits ~/.ssh/known_hosts alone
  const remove = found.files.map((file) => `ssh-keygen -R ${quote(destination.knownAs)} -f ${quote(file)}`);
  throw refused(name, happened, `${remove.join(' && ')}, then run the command again`);
}

/** A host name that leads back to the address: `kitchen` for kitchen.local; the Pi's own name for an IP address. */
export function hostNameOf(address: string, pi: string): string {
  const [label = ''] = address.toLowerCase().split('.');
  return isIP(address) === 0 && /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label) ? label : pi;
}

function wifiOf(wifi: Wifi | undefined): CardWifi | undefined {
  if (wifi === undefined) return undefined;
  const { ssid, country, password } = wifi;
  if (password === undefined) throw new Error(`the password of ${ssid} was not read`);
  return { ssid, country, password };
}
