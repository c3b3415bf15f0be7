import path from 'node:path';
import type { Architecture } from '../../../lab-file/lab.ts';
import type { Accelerator } from './setup.ts';

/** Megabytes of memory of a machine; a Raspberry Pi 3 has 1,024. */
const MEMORY_MB = 768;

/** The same in every machine, since each has a network of QEMU's for itself. Names such as eth0 depend on which card answers first. */
export const INTERNET_MAC = '52:54:00:13:00:00';

export type Hardware = {
  readonly name: string;
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  /** Folder of the image, for kernel and initrd. */
  readonly image: string;
  readonly disk: string;
  readonly tap: string;
  readonly address: string;
  /** Number of the machine on its network. */
  readonly number: number;
  /** File for what the machine prints on its console. */
  readonly console: string;
};

/** What differs between the architectures. */
const KINDS = {
  amd64: { program: 'qemu-system-x86_64', machine: 'q35', console: 'ttyS0' },
  arm64: { program: 'qemu-system-aarch64', machine: 'virt', console: 'ttyAMA0' },
} as const;

export function qemuProgram({ architecture }: Pick<Hardware, 'architecture'>): string {
  return KINDS[architecture].program;
}

/**
 * The words after the program. A machine has two networks: a bridge with this machine and the others, and QEMU's
 * own way to the internet, which needs no rule in this machine's firewall.
 */
export function qemuWords(hardware: Hardware): string[] {
  const { name, architecture, image, disk, tap, address, number } = hardware;
  const { machine, console } = KINDS[architecture];
  // KVM is the accelerator of this machine's own architecture
  const accelerator = architecture === 'amd64' ? hardware.accelerator : 'tcg';
  const kernel = [
    ...[
      'root=/dev/vda',
      'rw',
      `console=${console}`,
      'quiet',
      'net.ifnames=0',
      'mitigations=off',
      `systemd.hostname=${name}`,
    ],
    // an emulated processor on a busy machine exceeds the usual 90 s
    'systemd.default_timeout_start_sec=900',
    `ip=${address}:::255.255.255.0:::off`,
  ];
  return [
    ...['-name', name, '-machine', machine, '-m', String(MEMORY_MB), '-display', 'none'],
    ...(accelerator === 'kvm' ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg,thread=multi', '-cpu', 'max']),
    ...['-kernel', path.join(image, 'kernel'), '-initrd', path.join(image, 'initrd'), '-append', kernel.join(' ')],
    // what the guest has not synchronized is lost in a power cut all the same
    ...['-drive', `file=${disk},format=qcow2,if=virtio,cache=unsafe`],
    ...['-device', 'virtio-rng-pci'],
    ...['-netdev', `tap,id=lab,ifname=${tap},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=lab,mac=52:54:00:12:00:0${number}`],
    ...['-netdev', 'user,id=internet', '-device', `virtio-net-pci,netdev=internet,mac=${INTERNET_MAC}`],
    ...['-serial', `file:${hardware.console}`],
  ];
}
