import type { Repository } from '../lab-file/lab.ts';
import { backupFolder } from '../provisioning/resources/backup-folder.ts';
import { fileQuery, foundFile } from '../provisioning/resources/files.ts';
import { INSTALL_TIMEOUT_MS, packages } from '../provisioning/resources/packages.ts';
import type { Item, Resource } from '../provisioning/resources/resource.ts';
import { clientVersion } from './repository/client-version.ts';
import { foundKeys, KEYS, PREFERENCES, SOURCE } from './repository/files.ts';
import { leaveScript } from './repository/leave-script.ts';
import { CLIENTS } from './repository/offered.ts';
import { LABS, otherLab } from './repository/owner.ts';
import { aptSource } from './repository/source.ts';

const SOURCE_FILE = fileQuery(SOURCE);
const PREFERENCES_FILE = fileQuery(PREFERENCES);

/**
 * The repository that a host's MQTT clients come from, and their version from there.
 * @param lab whose folder on the host records what apt installs; undefined where the lab owns the whole host
 */
export function repository(host: string, wanted: Repository, lab?: string): readonly Resource[] {
  if (wanted.kind === 'debian') return [noRepository(lab)];
  const record = lab === undefined ? undefined : backupFolder(lab);
  // apt trusts an https server by them; Debian's own sources need none
  const certificates = wanted.url.startsWith('https:') ? [packages(['ca-certificates'], record)] : [];
  return [
    ...certificates.map((resource) => ({ ...resource, id: 'certificates' })),
    aptSource({ host, wanted, lab }),
    clientVersion(wanted, record),
  ];
}

/**
 * Removes this lab's repository and returns its packages to the host's other sources. Another lab's repository stays.
 * @param lab whose folder on the host records what apt installed; undefined where the lab owns the whole host
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
      const detail = "the version of the Pi's other sources";
      const returned: Item = { action: 'change', kind: 'package', name: CLIENTS, detail };
      const change = {
        summary: `stop using the repository: remove ${files.join(', ')}`,
        script: leaveScript(lab),
        timeoutMs: INSTALL_TIMEOUT_MS,
        advice: `check that \`apt-get update\` works on this host and that another source has ${CLIENTS}`,
      };
      return { items: source === undefined ? removed : [...removed, returned], change };
    },
  };
}
