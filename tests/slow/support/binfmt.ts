import { existsSync } from 'node:fs';
import process from 'node:process';
import { $ } from 'zx/core';

/** Runs the commands that an error advises, those for machines without systemd only where it does not run. */
export async function followAdvice(message: string, boundMs: number): Promise<void> {
  const [, install, otherwise] =
    /^ {2}try: (sudo apt-get install [a-z -]+)(?:, and [a-z ]+: (sudo [^;]+))?;/m.exec(message) ?? [];
  if (install === undefined) throw new Error(`nothing to install in:\n${message}`);
  const commands = [
    install.replace('apt-get install', 'apt-get install --yes --no-install-recommends'),
    ...(otherwise === undefined || existsSync('/run/systemd/system') ? [] : [otherwise]),
  ].join(' && ');
  // a container's root may have no sudo
  const script = process.getuid?.() === 0 ? commands.replaceAll('sudo ', '') : commands;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await $({ quiet: true, env, timeout: `${boundMs / 1000}s` })`sh -c ${script}`;
}
