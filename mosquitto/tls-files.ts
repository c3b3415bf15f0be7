import type { User } from '../lab-file/lab.ts';
import type { Certificates, PairState } from '../provisioning/certificates/certificates.ts';
import type { Facts, Query } from '../provisioning/resources/facts.ts';
import { fileQuery, type WantedFile } from '../provisioning/resources/files.ts';
import type { Item } from '../provisioning/resources/resource.ts';
import { TLS_FILES } from './paths.ts';

export type BrokerCertificates = {
  readonly users: readonly User[];
  readonly certificates: Certificates;
  /** Under which this lab's clients reach the broker. */
  readonly names: readonly string[];
  /** Whether its own addresses belong to these names: a container gets them when it starts. */
  readonly hasOwnAddresses: boolean;
};

/** A file of the listeners with TLS; `why`: it is made before it is written. */
export type TlsFile = WantedFile & { readonly why: string | undefined };

const ADDRESSES: Query = { id: 'addresses', script: 'hostname -I' };

/** The certificates of the broker's listeners on its host. */
export function tlsFiles({ certificates, users, names, hasOwnAddresses }: BrokerCertificates) {
  const namesOf = (facts: Facts) => [
    ...names,
    ...(hasOwnAddresses
      ? facts
          .get(ADDRESSES)
          .output.split(/\s+/)
          .filter((address) => address !== '')
      : []),
  ];
  return {
    queries: [...Object.values(TLS_FILES).map(fileQuery), ...(hasOwnAddresses ? [ADDRESSES] : [])],
    /** Certificates of users that are made: on Pis they are files, but a lab may have none. */
    due(): Item[] {
      return users.flatMap((user): Item[] => {
        const { pair, why } = certificates.user(user);
        if (user.certificate !== 'lab' || why === undefined) return [];
        return [
          { action: pair === undefined ? 'create' : 'change', kind: 'certificate', name: user.name, detail: why },
        ];
      });
    },
    make: async (facts: Facts) => await certificates.make(namesOf(facts)),
    wanted(facts: Facts): readonly TlsFile[] {
      const server = certificates.server(namesOf(facts));
      const { list, why } = certificates.revocations();
      const clientCa = certificates.clientCa();
      return [
        file(TLS_FILES.clientCa, clientCa, clientCa === undefined ? 'missing' : undefined),
        file(TLS_FILES.revocations, list, why),
        file(TLS_FILES.certificate, server.pair?.chain, whyOf(server)),
        { ...file(TLS_FILES.key, server.pair?.key.reveal(), whyOf(server)), mask: () => '(hidden)' },
      ];
    },
  };
}

function whyOf({ pair, why }: PairState): string | undefined {
  return why ?? (pair === undefined ? 'missing' : undefined);
}

function file(path: string, content = '', why: string | undefined): TlsFile {
  return { path, content, why, owner: 'mosquitto', group: 'mosquitto', mode: '600' };
}

/** The file's line of the plan: why it changes, and no diff, since it is encoded. */
export function tlsItem({ diff: _, ...item }: Item, { why }: TlsFile): Item {
  if (why === undefined) return item;
  return { ...item, action: item.detail === 'missing' ? 'create' : 'change', detail: why };
}

/** For a lab that has no TLS any more. */
export const TLS_PRESENT: Query = { id: 'tls-files', script: `ls ${Object.values(TLS_FILES).join(' ')}` };

export function presentTlsFiles(facts: Facts): string[] {
  return facts
    .get(TLS_PRESENT)
    .output.split('\n')
    .filter((path) => path !== '');
}

export function unusedItem(name: string): Item {
  return { action: 'remove', kind: 'file', name, detail: 'no listener has TLS' };
}
