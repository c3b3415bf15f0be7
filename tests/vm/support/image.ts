import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { shellScript } from '../../../base/shell-script.ts';
import { DEBIAN_SUITES } from '../../../lab-file/lab.ts';
import { aptSources } from '../../../provisioning/docker/apt-sources.ts';
import { run } from '../../../provisioning/hosts/host.ts';
import { localHost } from '../../../provisioning/hosts/local.ts';
import { INTERNET_MAC } from './qemu.ts';
import { imageName, type System } from './setup.ts';

/** Password of `pi` on the machines; sudo asks for it. */
export const PASSWORD = 'raspberry';

/** What a Debian server has, and a Raspberry Pi OS: systemd, sshd, sudo, and what may come in the lab's way. */
const PACKAGES = [
  ...['systemd-sysv', 'dbus', 'openssh-server', 'iproute2', 'sudo', 'cron', 'logrotate'],
  ...['unattended-upgrades', 'nftables', 'ca-certificates'],
];

/** mmdebstrap takes a minute or two on an idle machine, ten times as long where qemu runs the packages' programs. */
const MAKE_MS = 5_400_000;

/** A folder with `disk`, `kernel`, `initrd` and `key`; it never changes. */
export type Image = { readonly folder: string; readonly hostKey: string };

/** The image of a Debian: from the cache, or made by mmdebstrap from this machine's own apt sources. */
export async function ensureImage(system: System, signal: AbortSignal): Promise<Image> {
  const suite = DEBIAN_SUITES[system.debian];
  const recipe = {
    suite,
    architecture: system.architecture,
    packages: [...PACKAGES, `linux-image-cloud-${system.architecture}`].join(','),
    sources: (await aptSources(suite)).join('\n'),
    password: PASSWORD,
    internet_mac: INTERNET_MAC,
  };
  const script = (folder: string) =>
    shellScript('image.sh', import.meta.url, {
      ...recipe,
      folder,
      owner: `${process.getuid?.()}:${process.getgid?.()}`,
    });
  const folder = path.join(cacheFolder(process.env), `${suite}-${system.architecture}-${digestOf(script(''))}`);
  if (!existsSync(folder)) {
    console.log(`making a machine image of Debian ${imageName(system)}; it takes some minutes and stays in ${folder}`);
    await mkdir(path.dirname(folder), { recursive: true });
    const step = `make a machine image of Debian ${imageName(system)}`;
    await run(localHost('this machine'), { step, script: script(folder), root: true, timeoutMs: MAKE_MS, signal });
  }
  const [type, key] = (await readFile(path.join(folder, 'host-key.pub'), 'utf8')).split(' ');
  return { folder, hostKey: `${type} ${key}` };
}

/** Outside of the repository, so that every clone and branch uses the same images (XDG Base Directory Specification). */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return path.join(env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'mqtt-lab', 'vm');
}

/** A changed recipe makes another image. */
function digestOf(recipe: string): string {
  return createHash('sha256').update(recipe).digest('hex').slice(0, 16);
}
