import type { Lab, Pi } from '../lab-file/lab.ts';
import { brokerHost } from '../mosquitto/broker-host.ts';
import { clientCertificates, noClientCertificates } from '../pi/client-certificates.ts';
import { piHost } from '../pi/pi-host.ts';
import { certificatesOf } from '../provisioning/certificates/certificates.ts';
import type { WantedHost } from './planned-host.ts';
import { abandonedHosts } from './restore-hosts.ts';
import { serverNames } from './server-names.ts';

export type WantedOptions = {
  /** Whether a Mosquitto that is not the lab's may be replaced. */
  readonly takeOver: boolean;
  /** Names of hosts; all of them when left out. */
  readonly only?: readonly string[] | undefined;
};

/**
 * The hosts that `up` changes, each with its resources: those of the lab file, and the managed hosts that are no
 * longer in it, which are restored. An external broker is none of them, and `only` names hosts of the lab file.
 */
export async function wantedHosts(lab: Lab, { takeOver, only }: WantedOptions): Promise<readonly WantedHost[]> {
  const hosts = await labHosts(lab, { takeOver });
  return only === undefined
    ? [...hosts, ...(await abandonedHosts(lab))]
    : hosts.filter(({ name }) => only.includes(name));
}

async function labHosts(lab: Lab, options: Pick<WantedOptions, 'takeOver'>): Promise<readonly WantedHost[]> {
  const { host } = lab.broker;
  const purpose = 'converge';
  const certificates = certificatesOf(lab);
  const resources = (pi: Pi) => piHost(lab, pi, certificates);
  const pis = lab.pis.map((pi) => ({ name: pi.name, place: pi.host, purpose, resources: resources(pi) }) as const);
  if (host.kind === 'external') return pis;
  const hasOwnAddresses = host.kind === 'container';
  // for its own client programs
  const ca = certificates ? clientCertificates(lab.name, [], certificates) : noClientCertificates(lab.name);
  const tls = certificates && { certificates, users: lab.users, names: await serverNames(lab), hasOwnAddresses };
  return [
    { name: 'broker', place: host, purpose, resources: [...brokerHost(lab, { ...options, certificates: tls }), ca] },
    ...pis,
  ];
}
