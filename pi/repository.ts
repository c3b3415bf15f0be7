import { LabError } from '../base/errors.ts';
import { parseOsRelease } from '../base/os-release.ts';
import type { AptRepository, Repository } from '../lab-file/lab.ts';
import { aptInstallScript, explainApt } from '../provisioning/resources/apt.ts';
import { backupFolder } from '../provisioning/resources/backup-folder.ts';
import type { Facts } from '../provisioning/resources/facts.ts';
import { fileItem } from '../provisioning/resources/file-item.ts';
import { fileQuery, foundFile } from '../provisioning/resources/files.ts';
import { INSTALL_TIMEOUT_MS, installedVersions, packages, packagesQuery } from '../provisioning/resources/packages.ts';
import { type Change, type Item, isChange, type Plan, type Resource } from '../provisioning/resources/resource.ts';
import { SYSTEM } from '../provisioning/resources/system.ts';
import { fetchKey } from './repository/fetch-key.ts';
import {
  fetchedKey,
  foundKeys,
  KEYRINGS,
  KEYS,
  keyFile,
  OTHERS,
  PREFERENCES,
  preferencesFile,
  SOURCE,
  sameOrigin,
  sourceFile,
} from './repository/files.ts';
import { isNoted, LABS, otherLab } from './repository/owner.ts';
import { refusalOf } from './repository/refusal.ts';
import { CLIENTS, leaveScript, OFFERED, useScript } from './repository/scripts.ts';

const SOURCE_FILE = fileQuery(SOURCE);
const PREFERENCES_FILE = fileQuery(PREFERENCES);
const INSTALLED = packagesQuery([CLIENTS]);
/** apt waits for a server that does not answer for half a minute, and tries again. */
const USE_TIMEOUT_MS = 300_000;

/**
 * The repository that a host's MQTT clients come from, as a source of apt's that trusts its own key only, and their version from there.
 * Throws a LabError where the host has another lab's.
 * @param lab whose folder on the host notes what apt installs; undefined: the whole host is the lab's
 */
export function repository(host: string, wanted: Repository, lab?: string): readonly Resource[] {
  if (wanted.kind === 'debian') return [noRepository(lab)];
  const record = lab === undefined ? undefined : backupFolder(lab);
  // apt trusts a server by them; Debian's own sources do without
  const certificates = wanted.url.startsWith('https:') ? [packages(['ca-certificates'], record)] : [];
  return [
    ...certificates.map((resource) => ({ ...resource, id: 'certificates' })),
    aptSource(host, wanted, lab),
    versionFrom(wanted, record),
  ];
}

/**
 * Nothing of a repository that the lab has brought: the packages from there go back to the host's other sources. Another lab's stays.
 * @param lab whose folder on the host notes what apt installed; undefined: the whole host is the lab's
 */
export function noRepository(lab: string | undefined): Resource {
  return {
    id: 'repository',
    queries: [SOURCE_FILE, PREFERENCES_FILE, KEYS, LABS],
    plan(facts) {
      const other = otherLab(lab, facts);
      if (other !== undefined) {
        const detail = `stays: it belongs to the lab "${other.name}"`;
        return { items: [{ action: 'unchanged', kind: 'file', name: SOURCE, detail }] };
      }
      const source = foundFile(facts.get(SOURCE_FILE));
      const files = [
        ...(source === undefined ? [] : [SOURCE]),
        ...(foundFile(facts.get(PREFERENCES_FILE)) === undefined ? [] : [PREFERENCES]),
        ...foundKeys(facts.get(KEYS)).map(({ path }) => path),
      ];
      if (files.length === 0) return { items: [] };
      const removed = files.map((name): Item => ({ action: 'remove', kind: 'file', name }));
      const back = {
        action: 'change',
        kind: 'package',
        name: CLIENTS,
        detail: "back to the Pi's other sources",
      } as const;
      const change = {
        summary: `leave the repository: remove ${files.join(', ')}`,
        script: leaveScript(lab),
        timeoutMs: INSTALL_TIMEOUT_MS,
        advice: `see that \`apt-get update\` works on this host and that another source has ${CLIENTS}`,
      };
      return { items: source === undefined ? removed : [...removed, back], change };
    },
  };
}

function aptSource(host: string, wanted: AptRepository, lab: string | undefined): Resource {
  return {
    id: 'repository',
    queries: [SYSTEM, SOURCE_FILE, PREFERENCES_FILE, KEYS, LABS, OFFERED, OTHERS],
    plan(facts) {
      const left = leftBehind(host, wanted, lab, facts);
      refuseSameOrigin(host, wanted, facts);
      const suite = wanted.suite ?? codename(host, facts);
      const named = { kind: 'repository', name: `${wanted.url} ${suite ?? ''}`.trim() };
      const labs = lab === undefined ? [] : [lab, ...left];
      // a machine that does not exist yet says nothing of its release
      if (suite === undefined)
        return { items: [{ ...named, action: 'create' }], change: use(host, wanted, '', [], labs) };
      const path = 'url' in wanted.key ? fetchedKey(wanted.key.url, facts) : keyFile(wanted.key.text).path;
      const files = fileItems(wanted, suite, path, lab, facts);
      const isKept = !files.some(isChange);
      const offered = offeredVersion(facts);
      if (isKept && offered !== undefined && isNoted(lab, facts)) {
        return { items: [...files, { ...named, action: 'unchanged', detail: `${CLIENTS} ${offered}` }] };
      }
      const isThere = foundFile(facts.get(SOURCE_FILE)) !== undefined;
      const lacking = offered === undefined ? 'its package lists are missing' : 'the lab has no folder there';
      const why = isKept ? { detail: lacking } : {};
      const unused = files.flatMap(({ action, name }) => (action === 'remove' ? [name] : []));
      return {
        items: [...files, { ...named, action: isThere ? 'change' : 'create', ...why }],
        change: use(host, wanted, suite, unused, labs),
      };
    },
  };
}

/** The lab whose source is to be taken over, since it has left the host, or none; throws a LabError where it has not. */
function leftBehind(host: string, { url }: AptRepository, lab: string | undefined, facts: Facts): readonly string[] {
  const other = otherLab(lab, facts);
  if (other === undefined) return [];
  if (!other.isThere) return [other.name];
  const happened = `the lab "${other.name}" has its repository there (${SOURCE}), and a host has one at a time`;
  const advice = `\`./lab down ${other.name}\` where its lab file is; or leave \`repository\` out here: the clients then come from that lab's`;
  throw new LabError({ subject: host, step: `use the repository ${url}`, happened, advice }, 'failed');
}

/** The preferences would count for the other source, too: Debian's own packages would be taken only where no third source has them. */
function refuseSameOrigin(host: string, wanted: AptRepository, facts: Facts): void {
  const other = sameOrigin(wanted, facts.get(OTHERS));
  if (other === undefined) return;
  const { hostname } = new URL(wanted.url);
  const happened = `${other} has a package source on ${hostname}, too, and apt's preferences tell repositories by that name`;
  const advice = `take \`repository\` of this Pi out of the lab file, so that apt takes the clients from its own sources; or give the URL of a mirror with another host name`;
  throw new LabError({ subject: host, step: `use the repository ${wanted.url}`, happened, advice }, 'failed');
}

/** Key, preferences and source; without `path`, the key has still to be fetched. */
function fileItems(
  wanted: AptRepository,
  suite: string,
  path: string | undefined,
  lab: string | undefined,
  facts: Facts,
): readonly Item[] {
  const source = foundFile(facts.get(SOURCE_FILE));
  const preferences = fileItem(foundFile(facts.get(PREFERENCES_FILE)), preferencesFile(wanted));
  const found = foundKeys(facts.get(KEYS));
  const unused = found
    .filter((key) => key.path !== path)
    .map((key): Item => ({ action: 'remove', kind: 'file', name: key.path, detail: 'another key' }));
  if (path === undefined) {
    const detail = 'url' in wanted.key ? `fetched from ${wanted.key.url}` : '';
    return [
      { action: 'create', kind: 'file', name: `${KEYRINGS}/mqtt-lab-….asc`, detail },
      preferences,
      { action: source === undefined ? 'create' : 'change', kind: 'file', name: SOURCE },
      ...unused,
    ];
  }
  const key = found.find((each) => each.path === path);
  const action = key === undefined ? 'create' : key.isIntact ? 'unchanged' : 'change';
  const changed = action === 'change' ? { detail: 'content, owner or mode' } : {};
  return [
    { action, kind: 'file', name: path, ...changed },
    preferences,
    fileItem(source, sourceFile(wanted, suite, path, lab)),
    ...unused,
  ];
}

function use(
  host: string,
  wanted: AptRepository,
  suite: string,
  unused: readonly string[],
  labs: readonly string[],
): Change {
  const { key, url } = wanted;
  const script = (text: string) => {
    const file = keyFile(text);
    const others = unused.filter((path) => path !== file.path);
    return useScript(file, preferencesFile(wanted), sourceFile(wanted, suite, file.path, labs[0]), others, labs);
  };
  const change = {
    summary: `use the repository ${`${url} ${suite}`.trim()}`,
    timeoutMs: USE_TIMEOUT_MS,
    explain: (output: string) => refusalOf(output, { ...wanted, suite }),
  };
  if ('text' in key) return { ...change, script: script(key.text) };
  return { ...change, script: '', prepare: async (signal) => script(await fetchKey(host, key.url, signal)) };
}

/** The clients at the repository's newest version, also where another source has a newer one; what is not installed yet, `packages` takes from there. */
function versionFrom({ url }: AptRepository, record: string | undefined): Resource {
  return {
    id: 'version of the clients',
    queries: [SOURCE_FILE, OFFERED, INSTALLED],
    plan(facts, earlier): Plan {
      const installed = installedVersions(facts.get(INSTALLED)).get(CLIENTS);
      if (installed === undefined) return { items: [] };
      const item = { kind: 'package', name: CLIENTS };
      const offered = offeredVersion(facts);
      if (offered === undefined || earlier.some(({ name }) => name === SOURCE)) {
        return { items: [{ ...item, action: 'unknown', detail: `${installed}; seen once the repository is read` }] };
      }
      if (installed === offered) return { items: [{ ...item, action: 'unchanged', detail: `${installed} of ${url}` }] };
      const detail = `${installed} → ${offered} of ${url}`;
      const change = {
        summary: `install ${CLIENTS} ${offered} in place of ${installed}`,
        script: aptInstallScript({ packages: [CLIENTS], versions: { [CLIENTS]: offered }, record }),
        timeoutMs: INSTALL_TIMEOUT_MS,
        explain: explainApt,
        advice: 'see what apt says: the repository may need packages that this release does not have',
      };
      return { items: [{ ...item, action: 'change', detail }], change };
    },
  };
}

/** deb-version(7). */
function offeredVersion(facts: Facts): string | undefined {
  return /^[0-9][A-Za-z0-9.+~:-]*$/m.exec(facts.get(OFFERED).output)?.[0];
}

/** The code name of the host's release; undefined for a machine that does not exist yet. */
function codename(host: string, facts: Facts): string | undefined {
  const { code, output } = facts.get(SYSTEM);
  if (code !== 0) return undefined;
  const name = parseOsRelease(output).get('VERSION_CODENAME');
  if (name !== undefined && /^[a-z][a-z0-9-]*$/.test(name)) return name;
  const happened = 'its os-release names no release (VERSION_CODENAME)';
  const advice = 'name the suite with `suite` beside `url` in the lab file';
  throw new LabError({ subject: host, step: 'choose the suite of the repository', happened, advice }, 'failed');
}
