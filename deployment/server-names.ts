import { hostname, networkInterfaces } from 'node:os';
import { cidrOf, formatCidr, networkOf } from '../base/ipv4.ts';
import type { Lab } from '../lab-file/lab.ts';
import { bridgeName, freeSubnet } from '../provisioning/docker/network.ts';
import { hostNameOf } from '../provisioning/hosts/ssh-destination.ts';

const LOOPBACK = ['localhost', '127.0.0.1'];

/**
 * The names and addresses under which this lab's clients reach its broker, for its certificate. A container's own
 * addresses are a fact of its host.
 */
export async function serverNames(
  lab: Pick<Lab, 'name' | 'broker' | 'pis' | 'containers'>,
): Promise<readonly string[]> {
  const { host, address } = lab.broker;
  const given = address === undefined ? [] : [address];
  const found = host.kind === 'ssh' ? [await hostNameOf('broker', host)] : host.kind === 'local' ? localNames(lab) : [];
  return [...new Set([...given, ...LOOPBACK, ...found])];
}

function localNames({ name, pis, containers }: Pick<Lab, 'name' | 'pis' | 'containers'>): readonly string[] {
  const hasContainers = pis.some(({ host }) => host.kind === 'container');
  const hasOthers = pis.some(({ host }) => host.kind === 'ssh');
  return [
    hostname(),
    ...(hasContainers ? [gateway(name, containers.subnet)] : []),
    ...(hasOthers ? ownAddresses() : []),
  ];
}

/** The lab's end of its network, also before that exists: docker/network.ts chooses the same one unless Docker has a network without an interface there. */
function gateway(lab: string, subnet: string | undefined): string {
  const bridge = networkInterfaces()[bridgeName(lab)]?.find(({ family }) => family === 'IPv4');
  if (bridge !== undefined) return bridge.address;
  const taken = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).flatMap(({ cidr }) => cidrOf(cidr ?? '') ?? []),
  );
  const network = networkOf(cidrOf(subnet ?? '') ?? freeSubnet(lab, taken));
  return formatCidr({ ...network, address: network.address + 1 }).replace(/\/.*/, '');
}

/** Docker's own bridges come and go, and no other machine is there. */
function ownAddresses(): string[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    /^(docker|br-|lab-|veth|virbr)/.test(name)
      ? []
      : (addresses ?? [])
          .filter(({ internal, family, scopeid }) => !internal && (family === 'IPv4' || scopeid === 0))
          .map(({ address }) => address),
  );
}
