import { quote } from '../../base/quote.ts';
import { shellScript } from '../../base/shell-script.ts';
import { forgetAbsent, recordPackages, TOOLS } from './package-record.ts';
import type { Change } from './resource.ts';

/** How long apt waits for another apt or dpkg to finish, in seconds. */
export const LOCK_WAIT_S = 120;

export type Installation = {
  /** The packages to install, also where dpkg has begun with one. */
  readonly packages: readonly string[];
  /** Exact versions of them, also lower ones than those that are installed. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Packages that they need and that an interrupted dpkg has left half done. */
  readonly halfDone?: readonly string[];
  /** Folder on the host for the record of what apt installs, so that `down` can remove it; undefined: no record. */
  readonly record?: string | undefined;
};

/**
 * One apt transaction, without recommended packages, that removes nothing: a package that conflicts is not the lab's.
 * Fetches the package lists where they are missing, older than a day, or list a package that no longer exists.
 * Waits for a lock that another process holds, and repairs an interrupted dpkg first.
 */
export function aptInstallScript({ packages, versions, halfDone = [], record }: Installation): string {
  const words = [
    '--no-install-recommends',
    ...(versions === undefined ? [] : ['--allow-downgrades']),
    ...packages.map((name) => (versions?.[name] === undefined ? name : `${name}=${versions[name]}`)),
  ];
  const values = { install: words.map(quote).join(' '), names: [...packages, ...halfDone], wait_s: LOCK_WAIT_S };
  return [
    record === undefined ? "recording=''" : recordPackages(record, packages),
    shellScript('apt-install.sh', import.meta.url, values),
    // labs write to the record of the tools side by side
    ...(record === undefined || record === TOOLS ? [] : [forgetAbsent(record)]),
    'exit "$code"',
  ].join('\n');
}

/** Explains, from the script's standard error, that apt would have to remove packages; undefined for any other failure. */
export const explainApt: NonNullable<Change['explain']> = (output) => {
  const removals = [...output.matchAll(/^Remv (\S+).*$/gm)];
  const refusal = /^E: Packages need to be removed but remove is disabled\.$/m.exec(output)?.[0];
  if (removals.length === 0 || refusal === undefined) return undefined;
  const names = removals.map(([, name]) => name);
  const lines = [...removals.map(([line]) => line), refusal].map((line) => `\n    ${line}`);
  return {
    happened: `apt would have to remove ${names.join(', ')}, and the lab removes only its own packages${lines.join('')}`,
    advice: `if nothing else needs them, remove them yourself (sudo apt-get remove ${names.join(' ')}), then run the command again`,
  };
};

/** What to try where no known cause explains a failed installation. */
export function unknownCause(packages: readonly string[]): string {
  const words = packages.length === 0 ? 'dpkg --configure -a' : `apt-get install ${packages.join(' ')}`;
  return `the cause is unknown; to see all messages, run on the host: sudo apt-get update && sudo ${words}`;
}
