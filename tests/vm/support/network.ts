import { networkInterfaces } from 'node:os';
import process from 'node:process';
import { cidrOf, formatCidr } from '../../../base/ipv4.ts';
import { shellScript } from '../../../base/shell-script.ts';
import { freeSubnet } from '../../../provisioning/docker/network.ts';
import { run } from '../../../provisioning/hosts/host.ts';
import { localHost } from '../../../provisioning/hosts/local.ts';

/** As many as run at a time. */
const MACHINES = 2;
const CHANGE_MS = 60_000;

export type Network = AsyncDisposable & { readonly subnet: string; readonly taps: readonly string[] };

/** A network of this machine and the emulated ones, without a way to the internet. Disposing of it removes every trace. */
export async function openNetwork(): Promise<Network> {
  // at most 15 characters (IFNAMSIZ); network.sh knows the form
  const bridge = `mqlab${process.pid}`;
  const taps = Array.from({ length: MACHINES }, (_, number) => `${bridge}t${number}`);
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const taken = interfaces.flatMap(({ cidr }) => cidrOf(cidr ?? '') ?? []);
  const subnet = formatCidr(freeSubnet(bridge, taken)).replace(/\.0\/24$/, '');
  const change = async (act: 'open' | 'close') => {
    const values = { act, bridge, taps, address: `${subnet}.1/24`, owner: process.getuid?.() ?? 0 };
    const script = shellScript('network.sh', import.meta.url, values);
    await run(localHost('this machine'), {
      step: `${act} the network of the machines`,
      script,
      root: true,
      timeoutMs: CHANGE_MS,
    });
  };
  await change('open');
  return { subnet, taps, [Symbol.asyncDispose]: () => change('close') };
}
