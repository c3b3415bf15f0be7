import { CALLED_AS } from '../base/called-as.ts';
import { shellScript } from '../base/shell-script.ts';
import type { Host } from '../provisioning/hosts/host.ts';
import { type Fact, gatherFacts, type Query } from '../provisioning/resources/facts.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';

/** What the host of a broker says about a port that does not answer from elsewhere. */
export type PortState = {
  /** The process that listens on it, as `612 /usr/sbin/mosquitto -c …`, with id 0 where it is hidden; undefined where none does. */
  readonly holder: string | undefined;
  /** Whether only programs on that host can connect. */
  readonly isLoopbackOnly: boolean;
  /** The firewall there that filters the input, and the command that opens the port. */
  readonly firewall: { readonly name: string; readonly open: string } | undefined;
};

/** Asks a broker's host, as root, why a port that should be open does not answer. */
export async function portState(host: Host, port: number, signal?: AbortSignal): Promise<PortState> {
  const query = portQuery(port);
  return portStateOf((await gatherFacts(host, [query], signal)).get(query), port);
}

export function portQuery(port: number): Query {
  const facts = shellScript('unreachable-facts.sh', import.meta.url, { port });
  return { id: `port-state:${port}`, script: `${PROCESS_FUNCTIONS}\n${facts}` };
}

/** 127.0.0.0/8 and ::1 in /proc/net/tcp and tcp6, whose words are in the order of the host's bytes. */
export const LOOPBACK = /^(?:0{16}FFFF0000)?(?:[\dA-F]{6}7F|7F[\dA-F]{6})$|^0{24}(?:01000000|00000001)$/;

export function portStateOf({ output }: Fact, port: number): PortState {
  const values = (word: string) =>
    output.split('\n').flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1).trim()] : []));
  const addresses = values('address');
  return {
    holder: values('holder')[0],
    isLoopbackOnly: addresses.length > 0 && addresses.every((address) => LOOPBACK.test(address)),
    firewall: firewallOf(values('firewall')[0], values('nft')[0], port),
  };
}

/** ufw, firewalld and iptables write nft rules themselves, so nft comes last. */
function firewallOf(program: string | undefined, chain: string | undefined, port: number): PortState['firewall'] {
  switch (program) {
    case 'ufw':
      return { name: 'ufw', open: `sudo ufw allow ${port}/tcp` };
    case 'firewalld':
      return {
        name: 'firewalld',
        open: `sudo firewall-cmd --permanent --add-port=${port}/tcp && sudo firewall-cmd --reload`,
      };
    case undefined:
      break;
    default:
      return { name: program, open: `sudo ${program} -I INPUT -p tcp --dport ${port} -j ACCEPT` };
  }
  if (chain === undefined) return undefined;
  return {
    name: `nft (table ${chain.split(' ').slice(0, 2).join(' ')})`,
    open: `sudo nft insert rule ${chain} tcp dport ${port} accept`,
  };
}

/** Why a port does not answer here although a program listens on it there; undefined where none does. */
export function describePortState(
  { holder, isLoopbackOnly, firewall }: PortState,
  port: number,
): { readonly happened: string; readonly advice: string } | undefined {
  if (holder === undefined) return undefined;
  const program = holder.startsWith('0 ') ? 'a program' : `process ${holder}`;
  const listens = `${program} listens on port ${port} there`;
  if (isLoopbackOnly) {
    return {
      happened: `${listens}, but only for programs on that host`,
      advice: `${CALLED_AS} plan shows whether its configuration differs from the lab file`,
    };
  }
  const happened = `${listens}, and the port cannot be reached from here`;
  if (firewall === undefined) {
    return {
      happened: `${happened}; no firewall was found on that host`,
      advice: `check the firewalls on the way (a router, the security group of a cloud), and that the address in the lab file is that of this host`,
    };
  }
  return {
    happened: `${happened}; a firewall filters its input: ${firewall.name}`,
    advice: `if that firewall blocks the port, open it on that host: ${firewall.open}`,
  };
}
