import { readFile } from 'node:fs/promises';
import { machine, release } from 'node:os';
import { parseOsRelease } from '../../base/os-release.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import type { Lab } from '../../lab-file/lab.ts';
import { sshText } from '../../lab-file/ssh-address.ts';
import type { Fact, Query } from '../../provisioning/resources/facts.ts';
import type { HostOfRun, System } from '../../records/environment.ts';
import { THIS_MACHINE } from './check.ts';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** Queries a machine's os-release(5), uname(1) and boot id (random(4)). */
export const SYSTEM: Query = {
  id: 'system',
  script: `sed -n 's/^PRETTY_NAME=/system /p' /etc/os-release
echo "architecture $(uname -m)"
echo "kernel $(uname -r)"
echo "boot $(cat ${BOOT_ID})"`,
};

/** Parses the answer to `SYSTEM`. Leaves out what the machine did not report. */
export function systemOf({ output }: Fact, ownBootId: string): System {
  const reported = (key: string) => new RegExp(`^${key} (\\S.*)$`, 'm').exec(output)?.[1];
  const [quoted, architecture, kernel, boot] = ['system', 'architecture', 'kernel', 'boot'].map(reported);
  const system = parseOsRelease(`NAME=${quoted ?? ''}`).get('NAME') || undefined;
  return {
    ...(system === undefined ? {} : { system }),
    ...(architecture === undefined ? {} : { architecture }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(boot === undefined ? {} : { isSameKernel: boot === ownBootId }),
  };
}

/** The id of this machine's current boot; empty on systems other than Linux. */
export async function bootIdHere(): Promise<string> {
  return (await readFile(BOOT_ID, 'utf8').catch(() => '')).trim();
}

export async function systemHere(): Promise<System> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const system = parseOsRelease(text).get('PRETTY_NAME');
  return {
    ...(system === undefined ? {} : { system }),
    architecture: machine(),
    kernel: release(),
    isSameKernel: true,
  };
}

/** The machines of a run and their systems, this machine first. A machine that no check ran on has no system. */
export function hostsOf({ lab, broker }: LiveLab, here: System, systems: ReadonlyMap<string, System>): HostOfRun[] {
  const isHere = lab.broker.host.kind === 'local';
  const hosts = [{ name: 'broker', host: lab.broker.host }, ...lab.pis];
  return [
    { name: THIS_MACHINE, place: THIS_MACHINE, ...here },
    ...hosts.map(({ name, host }) => ({
      name,
      place: placeOf(host, broker.address),
      ...(name === 'broker' && isHere ? here : systems.get(name)),
    })),
  ];
}

/** Leaves out the identity file of an SSH login. */
function placeOf(host: Lab['broker']['host'], address: string): string {
  switch (host.kind) {
    case 'local':
      return THIS_MACHINE;
    case 'container':
      return 'container';
    case 'external':
      return `external: ${address}`;
    case 'ssh':
      return `ssh://${sshText(host)}`;
  }
}
