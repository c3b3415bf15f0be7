import { quote } from '../../base/quote.ts';
import { aptInstallScript, explainApt, LOCK_WAIT_S, unknownCause } from './apt.ts';
import { DPKG, unfinishedPackages } from './dpkg.ts';
import type { Fact, Query } from './facts.ts';
import type { Item, Resource } from './resource.ts';

export const INSTALL_TIMEOUT_MS = (LOCK_WAIT_S * 2 + 600) * 1000;

/**
 * Debian packages, installed in one apt transaction; no apt where nothing is missing. Repairs what a killed dpkg has left
 * half done, of these packages or of what they need.
 * @param record folder on the host for the record of what apt installs
 */
export function packages(names: readonly string[], record?: string): Resource {
  const query = packagesQuery(names);
  return {
    id: 'packages',
    queries: [query, DPKG],
    plan(facts) {
      const installed = installedVersions(facts.get(query));
      const { isInterrupted, halfDone } = unfinishedPackages(facts.get(DPKG), names);
      const missing = names.filter((name) => !installed.has(name));
      const repaired = [...halfDone.keys()].filter((name) => !missing.includes(name));
      const items = [
        ...[...names, ...repaired].map((name) => packageItem(name, installed.get(name), halfDone.get(name))),
        ...(isInterrupted ? [JOURNAL] : []),
      ];
      if (missing.length + repaired.length === 0 && !isInterrupted) return { items };
      const change = {
        summary: summary(missing, repaired),
        script: aptInstallScript({ packages: missing, halfDone: repaired, record }),
        timeoutMs: INSTALL_TIMEOUT_MS,
        explain: explainApt,
        advice: unknownCause([...missing, ...repaired]),
      };
      return { items, change };
    },
  };
}

const JOURNAL: Item = { action: 'change', kind: 'dpkg', name: 'journal', detail: 'repair: interrupted' };

function packageItem(name: string, version: string | undefined, state: string | undefined): Item {
  const item = { kind: 'package', name };
  if (state !== undefined) return { ...item, action: 'change', detail: `repair: ${state}` };
  return version === undefined ? { ...item, action: 'create' } : { ...item, action: 'unchanged', detail: version };
}

function summary(missing: readonly string[], repaired: readonly string[]): string {
  const parts = [
    ...(missing.length > 0 ? [`install ${missing.join(', ')}`] : []),
    ...(repaired.length > 0 ? [`repair ${repaired.join(', ')}`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'repair an interrupted dpkg';
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
