import { quote } from '../hosts/shell.ts';
import { aptInstallScript, LOCK_WAIT_S } from './apt.ts';
import type { Answer, Query } from './facts.ts';
import type { Item, Resource } from './resource.ts';

const INSTALL_TIMEOUT_MS = (LOCK_WAIT_S * 2 + 600) * 1000;

/** Debian packages, installed in one apt transaction and none when nothing is missing; what apt installs is noted in the folder `record` on the host. */
export function packages(names: readonly string[], record?: string): Resource {
  const query = packagesQuery(names);
  return {
    id: 'packages',
    queries: [query],
    plan(facts) {
      const installed = installedVersions(facts.get(query));
      const missing = names.filter((name) => !installed.has(name));
      const items = names.map((name): Item => {
        const version = installed.get(name);
        return version === undefined
          ? { action: 'create', kind: 'package', name }
          : { action: 'keep', kind: 'package', name, detail: version };
      });
      if (missing.length === 0) return { items };
      const change = {
        summary: `install ${missing.join(', ')}`,
        script: aptInstallScript(missing, record),
        timeoutMs: INSTALL_TIMEOUT_MS,
        advice: 'see that `apt-get update` works on this host and that its disk is not full',
      };
      return { items, change };
    },
  };
}

export function packagesQuery(names: readonly string[]): Query {
  const format = quote('${db:Status-Abbrev} ${Package} ${Version}\\n');
  return { id: `packages:${names.join(',')}`, script: `dpkg-query -W -f=${format} ${names.map(quote).join(' ')}` };
}

/** Versions of the installed packages among those asked for: `ii  mosquitto 2.0.11-1.2+deb12u2` → `mosquitto` → `2.0.11-1.2+deb12u2`. */
export function installedVersions({ output }: Answer): ReadonlyMap<string, string> {
  return new Map(
    output.split('\n').flatMap((line) => {
      const match = /^.i\s+(\S+) (\S+)$/.exec(line);
      return match?.[1] === undefined || match[2] === undefined ? [] : [[match[1], match[2]] as const];
    }),
  );
}
