import { quote } from '../base/quote.ts';
import type { User } from '../lab-file/lab.ts';
import type { Certificates } from '../provisioning/certificates/certificates.ts';
import type { Facts, Query } from '../provisioning/resources/facts.ts';
import { fileItem } from '../provisioning/resources/file-item.ts';
import { fileQuery, foundFile, foundInstead, type WantedFile } from '../provisioning/resources/files.ts';
import { replaceFiles } from '../provisioning/resources/replace-files.ts';
import { type Item, isChange, type Resource } from '../provisioning/resources/resource.ts';
import { CLIENT_FOLDERS, clientCa, clientFiles, clientFolder } from './client-files.ts';

const TIMEOUT_MS = 60_000;

/** The user who logs in, whose programs read the keys. */
const LOGIN: Query = { id: 'login', script: `user=\${SUDO_USER:-$(id -un)}; echo "$user $(id -gn "$user")"` };

function presentQuery(lab: string): Query {
  return { id: 'client-certificates', script: `find ${clientFolder(lab)} -mindepth 1 -maxdepth 1 | sort` };
}

type WantedPem = WantedFile & { readonly why: string | undefined };

/** The broker's CA and the users' certificates on a Pi; other files in their folder go. */
export function clientCertificates(lab: string, users: readonly User[], certificates: Certificates): Resource {
  const folder = clientFolder(lab);
  const present = presentQuery(lab);
  const owners = users.filter(({ certificate }) => certificate !== undefined);
  const paths = [clientCa(folder), ...owners.flatMap(({ name }) => Object.values(clientFiles(folder, name)))];
  const wanted = (facts: Facts): readonly WantedPem[] => {
    const [owner = '', group = ''] = facts.get(LOGIN).output.trim().split(' ');
    const ca = certificates.brokerCa();
    const root = { owner: 'root', group: 'root', mode: '644' };
    const own = { owner, group, mode: '600' };
    return [
      { path: clientCa(folder), content: ca ?? '', why: ca === undefined ? 'missing' : undefined, ...root },
      ...owners.flatMap((user) => {
        const { pair, why } = certificates.user(user);
        const { chain, key } = clientFiles(folder, user.name);
        const reason = why ?? (pair === undefined ? 'missing' : undefined);
        return [
          { path: chain, content: pair?.chain ?? '', why: reason, ...own },
          { path: key, content: pair?.key.reveal() ?? '', why: reason, ...own, mask: () => '(hidden)' },
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

/** Without a diff, since the files are encoded. */
function itemOf(facts: Facts, file: WantedPem): Item {
  const answer = facts.get(fileQuery(file.path));
  const { diff: _, ...item } = fileItem(foundFile(answer), file, foundInstead(answer));
  if (file.why === undefined) return item;
  return { ...item, action: item.detail === 'missing' ? 'create' : 'change', detail: file.why };
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
