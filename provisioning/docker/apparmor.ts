import { readFile } from 'node:fs/promises';
import { ignoreFailure } from '../../base/errors.ts';

/** `Y` where the kernel has AppArmor on. */
const ENABLED = '/sys/module/apparmor/parameters/enabled';

/**
 * What an engine needs beside its own package. On a kernel with AppArmor, dockerd gives each container a profile, and loads it
 * with apparmor_parser; Debian's docker.io only recommends that program's package.
 */
export async function apparmorPackages(file: string = ENABLED): Promise<readonly string[]> {
  const text = (await ignoreFailure(readFile(file, 'utf8'))) ?? '';
  return text.startsWith('Y') ? ['apparmor'] : [];
}

/** What to try after an engine's error; `usual` where it says nothing about AppArmor. */
export function engineAdvice(happened: string, usual: string): string {
  return happened.includes('apparmor_parser') ? 'apt-get install apparmor, then run the command again' : usual;
}
