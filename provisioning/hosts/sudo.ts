import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { $ } from 'zx/core';
import { LabError } from '../../base/errors.ts';

/**
 * Makes sure that this user may run root's commands on this machine: as root, by a sudo that asks nothing, or, on a terminal,
 * by one that asks for the password now, before the first change. sudo itself asks, so this program never has the password.
 * `purpose` is for the person who is asked. Throws a LabError with exit code 2 where none of these works.
 */
export async function ensureSudo(
  purpose = 'to install packages and to configure the broker on this machine',
): Promise<void> {
  if (process.getuid?.() === 0) return;
  if ((await $({ quiet: true, nothrow: true })`sudo -n true`).exitCode === 0) return;
  if (process.stdin.isTTY && process.stderr.isTTY) {
    process.stderr.write(`mqtt-lab needs sudo ${purpose}\n`);
    const [code] = await once(spawn('sudo', ['-v'], { stdio: 'inherit' }), 'exit');
    if (code === 0) return;
  }
  const happened = 'this user is not root, and sudo asks for a password or does not allow it';
  const advice =
    'run the command on a terminal where sudo can ask, as root, or allow this user sudo without a password';
  throw new LabError({ subject: 'this machine', step: 'become root', happened, advice }, 'could-not-run');
}
