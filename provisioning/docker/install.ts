import { readFile } from 'node:fs/promises';
import { $ } from 'zx/core';
import { CALLED_AS } from '../../base/called-as.ts';
import { ignoreFailure, LabError } from '../../base/errors.ts';
import { parseOsRelease } from '../../base/os-release.ts';
import type { HostReporter } from '../../base/progress.ts';
import { tryRun } from '../hosts/host.ts';
import { localHost } from '../hosts/local.ts';
import { ensureSudo } from '../hosts/sudo.ts';
import { aptInstallScript, unknownCause } from '../resources/apt.ts';
import { TOOLS } from '../resources/package-record.ts';
import { failureOf } from '../why-failed.ts';

const INSTALL_TIMEOUT_MS = 900_000;

/** Installs packages on this machine when their command is missing, on Debian and Ubuntu only, as root or by sudo. Records them for `down`. */
export async function ensureTool(
  command: string,
  packages: readonly string[],
  reporter: HostReporter,
  signal?: AbortSignal,
): Promise<void> {
  if ((await $({ quiet: true, nothrow: true })`command -v ${command}`).exitCode === 0) return;
  const system = await otherSystem();
  const step = `install ${packages.join(' ')}`;
  if (system !== undefined) {
    const happened = `${command} is missing, and the lab can install packages on Debian and Ubuntu only; this machine runs ${system}`;
    throw new LabError(
      { subject: 'this machine', step, happened, advice: `install ${command} yourself, then run the command again` },
      'could-not-run',
    );
  }
  await ensureSudo();
  reporter.step(`${step} on this machine`);
  const host = localHost('this machine');
  const result = await tryRun(host, {
    step,
    script: aptInstallScript({ packages, record: TOOLS }),
    root: true,
    timeoutMs: INSTALL_TIMEOUT_MS,
    isRenewedByOutput: true,
    signal,
    onLine: reporter.detail,
  });
  if (result.code !== 0) throw await failureOf(host, { step, advice: unknownCause(packages), signal }, result);
  reporter.changed(`installed ${packages.join(' ')} on this machine; ${CALLED_AS} down prints how to remove them`);
}

/** The system's name (os-release(5)); undefined on Debian, Ubuntu and their derivatives. */
export async function otherSystem(): Promise<string | undefined> {
  const text = (await ignoreFailure(readFile('/etc/os-release', 'utf8'))) ?? '';
  const fields = parseOsRelease(text);
  const family = `${fields.get('ID') ?? ''} ${fields.get('ID_LIKE') ?? ''}`.split(' ');
  return family.includes('debian') || family.includes('ubuntu')
    ? undefined
    : (fields.get('PRETTY_NAME') ?? 'an unknown system');
}
