import { differences, type Snapshot, snapshot } from '../../lab/support/as-it-was.ts';
import type { Machine } from './machine.ts';
import type { Machines } from './own-machines.ts';

/** What a machine with systemd writes by itself, beside what `snapshot` leaves out, and why. */
const OWN: readonly (readonly [why: string, pattern: RegExp])[] = [
  ['logs', /^\S+ \/var\/log\/(journal|unattended-upgrades)\//],
  [
    "the seed of the kernel's random numbers, new at each boot",
    /^\S+ \/var\/lib\/systemd\/(random-seed|random-seed\/|credential\.secret)/,
  ],
  [
    "the folder in which apt extracts debconf's templates, which Debian 13 keeps",
    /^\S+ \/var\/cache\/debconf\/tmp\.ci$/,
  ],
  ['times of the last rotation of each log', /^\S+ \/var\/lib\/logrotate\/status$/],
  ['times of the last run of a timer', /^\S+ \/var\/lib\/systemd\/timers\//],
  ['folders of services with PrivateTmp, whose names are random', /^\S+ \/(var\/)?tmp\//],
  [
    'the kernel, and workers and helpers of systemd that come and go',
    /^program (kworker|\(sd-pam\)|\(udev-worker\)|systemd-|systemd$|agetty|login)/,
  ],
  ["sudo's mark at a user's first use (sudo_root(8))", /^\S+ \/home\/pi\/\.sudo_as_admin_successful/],
];

export type Before = { readonly broker: Snapshot; readonly pi: Snapshot };

/** All files of both machines, with type, mode, owner, time and content; packages, accounts, listeners and programs. */
export async function filesOf({ broker, pi }: Machines): Promise<Before> {
  const [ofBroker, ofPi] = await Promise.all([look(broker), look(pi)]);
  return { broker: ofBroker, pi: ofPi };
}

/** What differs from before, a line each: `broker - what was`, `broker + what is`. */
export async function changesSince(before: Before, machines: Machines): Promise<string[]> {
  const after = await filesOf(machines);
  return (['broker', 'pi'] as const).flatMap((name) =>
    differences(before[name], after[name]).map((line) => `${name} ${line}`),
  );
}

async function look(machine: Machine): Promise<Snapshot> {
  const all = await snapshot(machine);
  return new Map([...all].filter(([key]) => !OWN.some(([, pattern]) => pattern.test(key))));
}
