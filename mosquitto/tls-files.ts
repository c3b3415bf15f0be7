import type { User } from '../lab-file/lab.ts';
import type { Certificates } from '../provisioning/certificates/certificates.ts';
import { type PemFile, whyMade } from '../provisioning/certificates/pem-file.ts';
import type { Facts, Query } from '../provisioning/resources/facts.ts';
import { fileQuery } from '../provisioning/resources/files.ts';
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
    wanted(facts: Facts): readonly PemFile[] {
      const server = certificates.server(namesOf(facts));
      const { list, why } = certificates.revocations();
      const clientCa = certificates.clientCa();
      return [
        file(TLS_FILES.clientCa, clientCa, clientCa === undefined ? 'missing' : undefined),
        file(TLS_FILES.revocations, list, why),
        file(TLS_FILES.certificate, server.pair?.chain, whyMade(server)),
        { ...file(TLS_FILES.key, server.pair?.key.reveal(), whyMade(server)), mask: () => '(hidden)' },
      ];
    },
  };
}

function file(path: string, content = '', why: string | undefined): PemFile {
  return { path, content, why, owner: 'mosquitto', group: 'mosquitto', mode: '600' };
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
