import type { Flow } from './flow.ts';

type Amount = { readonly segments: number; readonly bytes: number };

/** TCP segments, and their bytes of IP, that a cut has dropped. Directions are the client's. */
export type Dropped = { readonly sent: Amount; readonly received: Amount };

/**
 * The counters of a cut's rules in the output of `nft list table` or `iptables -nvxL`; undefined where one is missing.
 *
 *     tcp sport 1883 tcp dport 40000 counter packets 3 bytes 164 drop
 *            3      164 DROP       6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp spt:1883 dpt:40000
 */
export function parseDropped(rules: string, { clientPort, brokerPort }: Flow): Dropped | undefined {
  const counted = (from: number, to: number): Amount | undefined => {
    const nft = new RegExp(`tcp sport ${from} tcp dport ${to} counter packets (\\d+) bytes (\\d+) drop`);
    const iptables = new RegExp(`^\\s*(\\d+)\\s+(\\d+) DROP .*tcp spt:${from} dpt:${to}\\b`, 'm');
    const [, segments, bytes] = nft.exec(rules) ?? iptables.exec(rules) ?? [];
    return segments === undefined ? undefined : { segments: Number(segments), bytes: Number(bytes) };
  };
  const sent = counted(clientPort, brokerPort);
  const received = counted(brokerPort, clientPort);
  return sent === undefined || received === undefined ? undefined : { sent, received };
}
