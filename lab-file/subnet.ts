import type { NetworkInterfaceInfo } from 'node:os';
import type { Cidr } from '../base/ipv4.ts';
import { cidrOf, formatCidr, networkOf, overlap } from '../base/ipv4.ts';

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** RFC 2544 (benchmarking, which no home uses) and RFC 1918. */
const HOMES = ['198.18.0.0/15', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
const WIDEST = 16;
const NARROWEST = 28;

/** How the names of the lab's own bridges start; their networks are not an obstacle. */
const OWN_BRIDGE = 'lab-';

/** What is wrong with the containers' network on a machine with these interfaces, as "wrong; allowed"; undefined where it is right. */
export function whatIsWrongWithSubnet(subnet: string, interfaces: Interfaces): string | undefined {
  const network = cidrOf(subnet);
  if (network === undefined) return 'is not an IPv4 network; numbers up to 255 and a prefix up to 32 are allowed';
  if (network.prefix < WIDEST || network.prefix > NARROWEST) {
    return `has the prefix /${network.prefix}; /${WIDEST} to /${NARROWEST} is allowed`;
  }
  const own = networkOf(network);
  if (own.address !== network.address) {
    return `has host bits; the network's own address is allowed: ${formatCidr(own)}`;
  }
  if (!HOMES.some((home) => contains(home, network))) {
    return `is not a private network; one inside ${HOMES.join(', ')} is allowed`;
  }
  const taken = overlapping(network, interfaces);
  return taken && `overlaps ${taken}; a network that this machine does not use is allowed`;
}

function overlapping(network: Cidr, interfaces: Interfaces): string | undefined {
  for (const [name, addresses] of Object.entries(interfaces)) {
    if (name.startsWith(OWN_BRIDGE)) continue;
    for (const { family, cidr } of addresses ?? []) {
      const other = family === 'IPv4' && cidr !== null ? cidrOf(cidr) : undefined;
      if (other !== undefined && overlap(network, other)) return `${name}, ${formatCidr(networkOf(other))}`;
    }
  }
  return undefined;
}

function contains(outer: string, inner: Cidr): boolean {
  const network = cidrOf(outer);
  return network !== undefined && network.prefix <= inner.prefix && overlap(network, inner);
}
