import type { Secret } from '../../base/secret.ts';
import { cardYaml } from './network-config.ts';
import { saltFrom, sha512Crypt } from './sha512-crypt.ts';

/** What cloud-init sets up on a Pi at its first boot. */
export type CardUser = {
  readonly pi: string;
  readonly hostName: string;
  readonly user: string;
  /** As in authorized_keys. */
  readonly authorizedKeys: readonly string[];
  /** For sudo; undefined: sudo asks for none. */
  readonly password: Secret | undefined;
  readonly hostKey: { readonly public: string; readonly private: string };
  /** Such as Europe/Stockholm; undefined: the image's own. */
  readonly timeZone: string | undefined;
  /** Such as sv_SE.UTF-8; undefined: the image's own. */
  readonly locale: string | undefined;
};

/** The groups of the user of Raspberry Pi OS; cloud-init creates those that a system lacks. */
const GROUPS = 'users,adm,dialout,audio,netdev,video,plugdev,cdrom,games,input,gpio,spi,i2c,render,sudo';

/**
 * Raspberry Pi OS replaces all host keys at its first boot, which may come after cloud-init. systemctl(1) masks no unit
 * whose file is in /etc.
 */
const KEEP_HOST_KEY = [
  '! systemctl cat regenerate_ssh_host_keys >/dev/null 2>&1',
  'systemctl mask --now regenerate_ssh_host_keys',
  'systemctl disable --now regenerate_ssh_host_keys',
].join(' || ');

/** cloud-init's user-data: host name, user, SSH with a known host key, sudo, time zone and locale. */
export function renderUserData(card: CardUser): string {
  const { password, hostKey } = card;
  const rights =
    password === undefined
      ? { lock_passwd: true, sudo: 'ALL=(ALL) NOPASSWD:ALL' }
      : // `passwd` has no effect on a user that the image has already
        { lock_passwd: false, hashed_passwd: hashOf(password.reveal(), hostKey.private), sudo: 'ALL=(ALL) ALL' };
  const config = {
    hostname: card.hostName,
    manage_etc_hosts: true,
    ...(card.timeZone === undefined ? {} : { timezone: card.timeZone }),
    ...(card.locale === undefined ? {} : { locale: card.locale }),
    users: [
      { name: card.user, groups: GROUPS, shell: '/bin/bash', ...rights, ssh_authorized_keys: card.authorizedKeys },
    ],
    ssh_pwauth: false,
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: hostKey.private, ed25519_public: hostKey.public },
    bootcmd: [['sh', '-c', KEEP_HOST_KEY]],
    // off in the images
    runcmd: [['systemctl', 'enable', '--now', 'ssh']],
  };
  return `#cloud-config\n# Written by mqtt-lab for ${card.pi}. Holds private keys.\n${cardYaml(config)}`;
}

/** The same for the same card, which is then no new instance for cloud-init. */
function hashOf(password: string, hostKey: string): string {
  return sha512Crypt(password, saltFrom(`${hostKey}\0${password}`));
}
