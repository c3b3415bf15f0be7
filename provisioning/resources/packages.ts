import { quote } from '../../base/quote.ts';
import { aptInstallScript, explainApt, LOCK_WAIT_S } from './apt.ts';
import { DPKG, leftovers } from './dpkg.ts';
import type { Fact, Query } from './facts.ts';
import type { Item, Resource } from './resource.ts';

export const INSTALL_TIMEOUT_MS = (LOCK_WAIT_S * 2 + 600) * 1000;

/**
 * Debian packages, installed in one apt transaction and none when nothing is missing; what apt installs is noted in the folder `record` on the host.
 * What a killed dpkg has left half done, of them or of what they need, is mended.
 */
export function packages(names: readonly string[], record?: string): Resource {
  const query = packagesQuery(names);
  return {
    id: 'packages',
    queries: [query, DPKG],
    plan(facts) {
      const installed = installedVersions(facts.get(query));
      const { isInterrupted, halfDone } = leftovers(facts.get(DPKG), names);
      const missing = names.filter((name) => !installed.has(name));
      const mend = [...halfDone.keys()].filter((name) => !missing.includes(name));
      const items = [
        ...[...names, ...mend].map((name) => packageItem(name, installed.get(name), halfDone.get(name))),
        ...(isInterrupted ? [JOURNAL] : []),
      ];
      if (missing.length + mend.length === 0 && !isInterrupted) return { items };
      const change = {
        summary: summary(missing, mend),
        script: aptInstallScript({ packages: missing, mend, record }),
        timeoutMs: INSTALL_TIMEOUT_MS,
        explain: explainApt,
        advice: 'see that `apt-get update` works on this host and that its disk is not full',
      };
      return { items, change };
    },
  };
}

const JOURNAL: Item = { action: 'change', kind: 'dpkg', name: 'journal', detail: 'interrupted: mended' };

function packageItem(name: string, version: string | undefined, state: string | undefined): Item {
  const item = { kind: 'package', name };
  if (state !== undefined) return { ...item, action: 'change', detail: `${state}: mended` };
  return version === undefined ? { ...item, action: 'create' } : { ...item, action: 'unchanged', detail: version };
}

function summary(missing: readonly string[], mend: readonly string[]): string {
  const parts = [
    ...(missing.length > 0 ? [`install ${missing.join(', ')}`] : []),
    ...(mend.length > 0 ? [`mend ${mend.join(', ')}`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'mend an interrupted dpkg';
}

export function packagesQuery(names: readonly string[]): Query {
  const format = quote('${db:Status-Abbrev} ${Package} ${Version}\\n');
  return { id: `packages:${names.join(',')}`, script: `dpkg-query -W -f=${format} ${names.map(quote).join(' ')}` };
}

/** Versions of the installed packages among those asked for: `ii  mosquitto 2.0.11-1.2+deb12u2` → `mosquitto` → `2.0.11-1.2+deb12u2`. */
export function installedVersions({ output }: Fact): ReadonlyMap<string, string> {
  return new Map(
    output.split('\n').flatMap((line) => {
      const match = /^.i\s+(\S+) (\S+)$/.exec(line);
      return match?.[1] === undefined || match[2] === undefined ? [] : [[match[1], match[2]] as const];
    }),
  );
}
