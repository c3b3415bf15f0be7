import { createHash } from 'node:crypto';
import type { AptRepository } from '../../lab-file/lab.ts';
import type { Fact, Facts, Query } from '../../provisioning/resources/facts.ts';
import { fileQuery, foundFile, type WantedFile } from '../../provisioning/resources/files.ts';

/** sources.list(5), deb822 style. */
export const SOURCE = '/etc/apt/sources.list.d/mqtt-lab.sources';
/** apt_preferences(5). */
export const PREFERENCES = '/etc/apt/preferences.d/mqtt-lab';
/** Prefix of the line in a source that names its lab. */
export const OF_LAB = '# Lab: ';
export const KEYRINGS = '/etc/apt/keyrings';

const OWNERSHIP = { owner: 'root', group: 'root', mode: '644' };

/** A key on the host, whose name has the digest of its content. */
export type FoundKey = { readonly path: string; readonly isIntact: boolean };

export const KEYS: Query = {
  id: 'repository-keys',
  script: `for key in ${KEYRINGS}/mqtt-lab-*.asc; do
  [ -f "$key" ] && [ ! -L "$key" ] && echo "$(stat -c '%U %G %a' "$key") $(sha256sum <"$key" | cut -c1-64) $key"
done
true`,
};

/** `root root 644 1c0f… /etc/apt/keyrings/mqtt-lab-1c0f….asc`, a line each; files with other names are ignored. */
export function foundKeys({ output }: Fact): readonly FoundKey[] {
  const pattern = new RegExp(`^(\\S+) (\\S+) (\\d+) ([0-9a-f]{64}) (${KEYRINGS}/mqtt-lab-([0-9a-f]{16})\\.asc)$`, 'gm');
  return [...output.matchAll(pattern)].map(([, owner, group, mode, digest = '', path = '', named = '']) => {
    const isOurs = owner === OWNERSHIP.owner && group === OWNERSHIP.group && mode === OWNERSHIP.mode;
    return { path, isIntact: isOurs && digest.startsWith(named) };
  });
}

/** The key as a file named by its content, so that a source never uses another key than its own. */
export function keyFile(text: string): WantedFile {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { path: `${KEYRINGS}/mqtt-lab-${digest}.asc`, content: text, ...OWNERSHIP };
}

/**
 * The source, which names its lab, and the URL of a fetched key: the same URL needs no second fetch.
 * @param lab undefined where the lab owns the whole host
 */
export function sourceFile(
  { url, components, key }: AptRepository,
  suite: string,
  keyPath: string,
  lab?: string,
): WantedFile {
  const from = 'url' in key ? [keyLine(key.url)] : [];
  const owner = lab === undefined ? [] : [`${OF_LAB}${lab}`];
  const lines = [
    '# Managed by mqtt-lab: `repository` of this Pi in the lab file.',
    ...owner,
    ...from,
    'Types: deb',
    `URIs: ${url}`,
    `Suites: ${suite}`,
    `Components: ${components.join(' ')}`,
    `Signed-By: ${keyPath}`,
  ];
  return { path: SOURCE, content: `${lines.join('\n')}\n`, ...OWNERSHIP };
}

/**
 * The clients and their library come from the repository, whatever version others have (a priority above 1000 permits a
 * downgrade).
 * Everything else comes from another source if one has it (apt_preferences(5), "How APT Interprets Priorities").
 */
export function preferencesFile({ url }: AptRepository): WantedFile {
  const pin = `Pin: origin "${new URL(url).hostname}"`;
  const stanzas = [
    ['Explanation: managed by mqtt-lab', 'Package: mosquitto-clients libmosquitto*', pin, 'Pin-Priority: 1001'],
    ['Explanation: managed by mqtt-lab', 'Package: *', pin, 'Pin-Priority: 100'],
  ];
  return { path: PREFERENCES, content: `${stanzas.map((lines) => lines.join('\n')).join('\n\n')}\n`, ...OWNERSHIP };
}

/** The host's other package sources as apt reads them, also those that it never fetched (--no-release-info). */
export const OTHERS: Query = {
  id: 'other-sources',
  script: `apt-get indextargets --no-release-info --format '$(SOURCESENTRY) $(REPO_URI)' | sort -u | grep -v '^${SOURCE}:'
true`,
};

/** The file with another source on the repository's host name, from lines such as `/etc/apt/sources.list:1 http://debian.example.org/debian/`. */
export function sameOrigin({ url }: AptRepository, { output }: Fact): string | undefined {
  const { hostname } = new URL(url);
  const isSame = (uri: string) => URL.canParse(uri) && new URL(uri).hostname.toLowerCase() === hostname;
  const entries = output.split('\n').map((line) => /^(\S+):\d+ (\S+)$/.exec(line));
  return entries.find((entry) => isSame(entry?.[2] ?? ''))?.[1];
}

/** The path of the intact key on the host that came from this URL; undefined where the lab must fetch it. */
export function fetchedKey(url: string, facts: Facts): string | undefined {
  const source = foundFile(facts.get(fileQuery(SOURCE)))?.content.split('\n') ?? [];
  if (!source.includes(keyLine(url))) return undefined;
  return foundKeys(facts.get(KEYS)).find(({ path, isIntact }) => isIntact && source.includes(`Signed-By: ${path}`))
    ?.path;
}

function keyLine(url: string): string {
  return `# Key: ${url}`;
}
