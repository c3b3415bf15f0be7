import { readFile } from 'node:fs/promises';
import { shellScript } from '../../base/shell-script.ts';
import { type Host, run } from '../../provisioning/hosts/host.ts';
import type { Endpoint } from '../mqtt/endpoint.ts';
import { now } from '../mqtt/packet.ts';
import { flowFunction } from './flow.ts';

/** How a kernel ended the connection of a process that is gone; `unknown` where its table of connections does not show it. */
export type KernelEnd = { readonly how: 'FIN' | 'RST' | 'unknown'; readonly at: number };

/** States of the side that sent its FIN first: FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSING (include/net/tcp_states.h of Linux). */
const AFTER_OWN_FIN = ['04', '05', '06', '0B'];
const BOUND_MS = 15_000;

/** The state of a connection in /proc/net/tcp or tcp6, such as `06`; undefined where the table has no such connection. */
export function stateOf(table: string, localPort: number, remotePort: number): string | undefined {
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.find(([, local, remote]) => portOf(local) === localPort && portOf(remote) === remotePort)?.[3];
}

function portOf(address: string | undefined): number {
  return Number.parseInt(address?.split(':').at(-1) ?? '', 16);
}

/**
 * How a connection ended, from its state after its process is gone: the kernel keeps the side that sent a FIN for a
 * minute, and drops a connection that an RST ends at once. It sends an RST where the process left bytes unread or more
 * arrived later (tcp_close, net/ipv4/tcp.c of Linux).
 */
export function endOf(state: string | undefined): KernelEnd['how'] {
  if (state === undefined) return 'RST';
  return AFTER_OWN_FIN.includes(state) ? 'FIN' : 'unknown';
}

/** The TCP sockets of this machine (proc(5), /proc/net): of IPv4, then of IPv6. Empty on another system than Linux. */
export async function tcpTables(): Promise<string> {
  const files = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => ''));
  return (await Promise.all(files)).join('');
}

/**
 * How the kernel of this machine ended the connection of a process that is gone. `unknown` where it has no table, as on
 * another system than Linux, and where TLS or a WebSocket hides it.
 */
export async function endHere(localPort: number, { port, protocol, tls }: Endpoint): Promise<KernelEnd['how']> {
  const table = await tcpTables();
  if (table === '' || Number.isNaN(localPort)) return 'unknown';
  const how = endOf(stateOf(table, localPort, port));
  // the broker answers a FIN with a last record or frame, after which the kernel forgets the connection
  const isAnswered = tls !== undefined || protocol === 'websockets';
  return how === 'RST' && isAnswered ? 'unknown' : how;
}

/**
 * Kills a client on a host; returns when it was killed and how its kernel ended the connection to the broker.
 * @param group its process group, where that is to end too
 */
export async function killClient(host: Host, pid: number, brokerPort: number, group?: number): Promise<KernelEnd> {
  let at: number | undefined;
  const { stdout } = await run(host, {
    step: 'end a client by KILL',
    // as the user of the process: in a container, root may not inspect another user's
    script: killScript(pid, brokerPort, group),
    timeoutMs: BOUND_MS,
    onLine(line) {
      if (line === 'KILLED') at ??= now();
    },
  });
  const state = /^STATE (\w*)$/m.exec(stdout)?.[1];
  return { how: state === undefined ? 'unknown' : endOf(state === '' ? undefined : state), at: at ?? now() };
}

/** Kills a process or its group; prints `KILLED`, and then `STATE n` with the state of its connection. */
export function killScript(pid: number, brokerPort: number, group?: number): string {
  const target = group === undefined ? pid : -group;
  const kill = shellScript('kill-client.sh', import.meta.url, { target, broker_port: brokerPort });
  return `${flowFunction(pid, brokerPort)}\n${kill}`;
}
