import { quote } from '../base/quote.ts';
import type { User } from '../lab-file/lab.ts';
import type { Certificates } from '../provisioning/certificates/certificates.ts';
import { type PemFile, pemItem, whyMade } from '../provisioning/certificates/pem-file.ts';
import type { Facts, Query } from '../provisioning/resources/facts.ts';
import { fileItem } from '../provisioning/resources/file-item.ts';
import { fileQuery, foundFile, foundInstead } from '../provisioning/resources/files.ts';
import { replaceFiles } from '../provisioning/resources/replace-files.ts';
import { type Item, isChange, type Resource } from '../provisioning/resources/resource.ts';
import { CLIENT_FOLDERS, clientCa, clientFiles, clientFolder } from './client-files.ts';

const TIMEOUT_MS = 60_000;

/** The user who logs in, whose programs read the keys. */
const LOGIN: Query = { id: 'login', script: `user=\${SUDO_USER:-$(id -un)}; echo "$user $(id -gn "$user")"` };

function presentQuery(lab: string): Query {
  return { id: 'client-certificates', script: `find ${clientFolder(lab)} -mindepth 1 -maxdepth 1 | sort` };
}

/** The broker's CA and the users' certificates on a Pi; other files in their folder go. */
export function clientCertificates(lab: string, users: readonly User[], certificates: Certificates): Resource {
  const folder = clientFolder(lab);
  const present = presentQuery(lab);
  const owners = users.filter(({ certificate }) => certificate !== undefined);
  const paths = [clientCa(folder), ...owners.flatMap(({ name }) => Object.values(clientFiles(folder, name)))];
  const wanted = (facts: Facts): readonly PemFile[] => {
    const [owner = '', group = ''] = facts.get(LOGIN).output.trim().split(' ');
    const ca = certificates.brokerCa();
    const root = { owner: 'root', group: 'root', mode: '644' };
    const own = { owner, group, mode: '600' };
    return [
      { path: clientCa(folder), content: ca ?? '', why: ca === undefined ? 'missing' : undefined, ...root },
      ...owners.flatMap((user) => {
        const state = certificates.user(user);
        const { pair } = state;
        const { chain, key } = clientFiles(folder, user.name);
        const why = whyMade(state);
        return [
          { path: chain, content: pair?.chain ?? '', why, ...own },
          { path: key, content: pair?.key.reveal() ?? '', why, ...own, mask: () => '(hidden)' },
        ];
      }),
    ];
  };
  return {
    id: 'client certificates',
    queries: [...paths.map(fileQuery), LOGIN, present],
    plan(facts) {
      const changed = wanted(facts).map((file) => itemOf(facts, file));
      const others = facts
        .get(present)
        .output.split('\n')
        .filter((path) => path !== '' && !paths.includes(path));
      const removed = others.map(
        (name): Item => ({ action: 'remove', kind: 'file', name, detail: 'no longer needed' }),
      );
      const items = [...changed, ...removed];
      if (!items.some(isChange)) return { items };
      const change = {
        summary: 'write the certificates of the clients',
        script: '',
        async prepare() {
          await certificates.make(undefined);
          return [
            `install -d -o root -g root -m 0755 ${CLIENT_FOLDERS} ${folder}`,
            ...others.map((path) => `rm -rf ${quote(path)}`),
            replaceFiles(folder, wanted(facts), 'true'),
          ].join('\n');
        },
        timeoutMs: TIMEOUT_MS,
      };
      return { items, change };
    },
  };
}

function itemOf(facts: Facts, file: PemFile): Item {
  const answer = facts.get(fileQuery(file.path));
  return pemItem(fileItem(foundFile(answer), file, foundInstead(answer)), file);
}

/** The folder, for `down` and for a lab without TLS. */
export function noClientCertificates(lab: string): Resource {
  const query = presentQuery(lab);
  return {
    id: 'client certificates',
    queries: [query],
    plan(facts) {
      const present = facts.get(query).output.trim();
      if (present === '') return { items: [] };
      const item: Item = { action: 'remove', kind: 'folder', name: clientFolder(lab) };
      const summary = 'remove the certificates of the clients';
      return {
        items: [item],
        change: {
          summary,
          script: `rm -rf ${clientFolder(lab)} && rmdir --ignore-fail-on-non-empty ${CLIENT_FOLDERS}`,
          timeoutMs: TIMEOUT_MS,
        },
      };
    },
  };
}
