import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { InputError } from '../../../base/errors.ts';
import type { Image } from './image.ts';
import type { Accelerator } from './setup.ts';

/** Environment variable that chooses the accelerator. */
const CHOICE = 'MQTT_LAB_VM_ACCELERATOR';
const TRIAL_MS = 15_000;

/**
 * KVM where it works. /dev/kvm may open and a guest start without running an instruction, so a kernel must print its first
 * line within some seconds.
 */
export async function chooseAccelerator([image]: readonly Image[]): Promise<Accelerator> {
  const choice = process.env[CHOICE];
  if (choice === 'kvm' || choice === 'tcg') return choice;
  if (choice !== undefined) throw new InputError([`${CHOICE}=${choice}: not an accelerator; choose kvm or tcg`]);
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return 'tcg';
  }
  return image !== undefined && (await bootsWithKvm(image)) ? 'kvm' : 'tcg';
}

async function bootsWithKvm({ folder }: Image): Promise<boolean> {
  const words = ['-machine', 'q35', '-accel', 'kvm', '-cpu', 'host', '-m', '256', '-display', 'none', '-no-reboot'];
  const kernel = ['-kernel', path.join(folder, 'kernel'), '-append', 'console=ttyS0 panic=-1', '-serial', 'stdio'];
  const child = spawn('qemu-system-x86_64', [...words, ...kernel], { stdio: ['ignore', 'pipe', 'ignore'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), TRIAL_MS);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (/Linux version/.test(text)) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.on('close', resolve).on('error', resolve));
  clearTimeout(timer);
  return /Linux version/.test(text);
}
