import { PROGRAM } from '../../base/called-as.ts';
import { LabError } from '../../base/errors.ts';
import { parseOsRelease } from '../../base/os-release.ts';
import type { AptRepository } from '../../lab-file/lab.ts';
import type { Facts } from '../../provisioning/resources/facts.ts';
import { fileItem } from '../../provisioning/resources/file-item.ts';
import { fileQuery, foundFile } from '../../provisioning/resources/files.ts';
import { type Change, type Item, isChange, type Resource } from '../../provisioning/resources/resource.ts';
import { SYSTEM } from '../../provisioning/resources/system.ts';
import { fetchKey } from './fetch-key.ts';
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
} from './files.ts';
import { CLIENTS, OFFERED, offeredVersion } from './offered.ts';
import { isNoted, LABS, otherLab } from './owner.ts';
import { refusalOf } from './refusal.ts';
import { useScript } from './use-script.ts';

const SOURCE_FILE = fileQuery(SOURCE);
const PREFERENCES_FILE = fileQuery(PREFERENCES);
/** apt waits half a minute for a server that does not answer, and tries again. */
const USE_TIMEOUT_MS = 300_000;

/** A repository that a host should use. */
export type Usage = {
  readonly host: string;
  readonly wanted: AptRepository;
  /** Undefined where the lab owns the whole host. */
  readonly lab: string | undefined;
};

/** The repository as an apt source that trusts only its own key. Throws a LabError where another lab has one on the host. */
export function aptSource(usage: Usage): Resource {
  const { host, wanted, lab } = usage;
  return {
    id: 'repository',
    queries: [SYSTEM, SOURCE_FILE, PREFERENCES_FILE, KEYS, LABS, OFFERED, OTHERS],
    plan(facts) {
      const formerLab = findFormerLab(usage, facts);
      refuseSameOrigin(host, wanted, facts);
      const suite = wanted.suite ?? codename(host, facts);
      const named = { kind: 'repository', name: `${wanted.url} ${suite ?? ''}`.trim() };
      // a machine that does not exist yet has no release
      if (suite === undefined) {
        const change = useRepository(usage, { suite: '', unused: [], formerLab });
        return { items: [{ ...named, action: 'create' }], change };
      }
      const files = fileItems(usage, suite, facts);
      const isUnchanged = !files.some(isChange);
      const offered = offeredVersion(facts);
      if (isUnchanged && offered !== undefined && isNoted(lab, facts)) {
        return { items: [...files, { ...named, action: 'unchanged', detail: `${CLIENTS} ${offered}` }] };
      }
      const isUsed = foundFile(facts.get(SOURCE_FILE)) !== undefined;
      const missing = offered === undefined ? 'its package lists are missing' : 'the lab has no folder there';
      const detail = isUnchanged ? { detail: missing } : {};
      const unused = files.flatMap(({ action, name }) => (action === 'remove' ? [name] : []));
      return {
        items: [...files, { ...named, action: isUsed ? 'change' : 'create', ...detail }],
        change: useRepository(usage, { suite, unused, formerLab }),
      };
    },
  };
}

/** A lab that left its source behind on the host. Throws a LabError where that lab still uses the host. */
function findFormerLab({ host, wanted, lab }: Usage, facts: Facts): string | undefined {
  const other = otherLab(lab, facts);
  if (other === undefined || !other.isPresent) return other?.name;
  const happened = `the lab "${other.name}" has its repository there (${SOURCE}), and a host has one at a time`;
  const advice = `run \`${PROGRAM} down ${other.name}\` beside its lab file, or remove \`repository\` from this one: the clients then come from that lab's`;
  throw new LabError({ subject: host, step: `use the repository ${wanted.url}`, happened, advice }, 'failed');
}

/** apt's preferences would apply to the other source on the same host name too, so the lab refuses it. */
function refuseSameOrigin(host: string, wanted: AptRepository, facts: Facts): void {
  const other = sameOrigin(wanted, facts.get(OTHERS));
  if (other === undefined) return;
  const { hostname } = new URL(wanted.url);
  const happened = `${other} has a package source on ${hostname}, too, and apt's preferences distinguish repositories by that name`;
  const advice = `remove \`repository\` of this Pi from the lab file, so that the clients come from its own sources; or give the URL of a mirror with another host name`;
  throw new LabError({ subject: host, step: `use the repository ${wanted.url}`, happened, advice }, 'failed');
}

function fileItems({ wanted, lab }: Usage, suite: string, facts: Facts): readonly Item[] {
  const source = foundFile(facts.get(SOURCE_FILE));
  const preferences = fileItem(foundFile(facts.get(PREFERENCES_FILE)), preferencesFile(wanted));
  const found = foundKeys(facts.get(KEYS));
  const path = 'url' in wanted.key ? fetchedKey(wanted.key.url, facts) : keyFile(wanted.key.text).path;
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

type Use = { readonly suite: string; readonly unused: readonly string[]; readonly formerLab: string | undefined };

function useRepository({ host, wanted, lab }: Usage, { suite, unused, formerLab }: Use): Change {
  const { key, url } = wanted;
  const script = (text: string) => {
    const file = keyFile(text);
    const source = sourceFile(wanted, suite, file.path, lab);
    const others = unused.filter((path) => path !== file.path);
    return useScript({ key: file, preferences: preferencesFile(wanted), source, unused: others, lab, formerLab });
  };
  const change = {
    summary: `use the repository ${`${url} ${suite}`.trim()}`,
    timeoutMs: USE_TIMEOUT_MS,
    explain: (output: string) => refusalOf(output, { ...wanted, suite }),
  };
  if ('text' in key) return { ...change, script: script(key.text) };
  return { ...change, script: '', prepare: async (signal) => script(await fetchKey(host, key.url, signal)) };
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
