import { type Host, run } from '../../provisioning/hosts/host.ts';
import { now } from '../mqtt/packet.ts';
import { flowScript } from './silent-cut-script.ts';

/** How a kernel ended the connection of a process that is gone; `unknown` where its table of connections can't tell. */
export type KernelEnd = { readonly how: 'FIN' | 'RST' | 'unknown'; readonly at: number };

/** States that only the side is in that sent its FIN first: FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSING (include/net/tcp_states.h of Linux). */
const AFTER_OWN_FIN = ['04', '05', '06', '0B'];
const BOUND_MS = 15_000;

/** The state of a connection in /proc/net/tcp or tcp6, such as `06`; undefined: it has none. */
export function stateOf(table: string, localPort: number, remotePort: number): string | undefined {
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.find(([, local, remote]) => portOf(local) === localPort && portOf(remote) === remotePort)?.[3];
}

function portOf(address: string | undefined): number {
  return Number.parseInt(address?.split(':').at(-1) ?? '', 16);
}

/**
 * What a connection's state, after its process has gone, says of its end: who has sent a FIN is remembered for a minute, and gone at once is what an
 * RST ends. The kernel sends one where the process had left something unread, or more came for it (tcp_close, net/ipv4/tcp.c of Linux).
 */
export function endOf(state: string | undefined): KernelEnd['how'] {
  if (state === undefined) return 'RST';
  return AFTER_OWN_FIN.includes(state) ? 'FIN' : 'unknown';
}

/** Kills a process on a host that has a connection to a broker, and tells when that was done and how its kernel ended the connection. */
export async function killSeen(host: Host, pid: number, brokerPort: number): Promise<KernelEnd> {
  let at: number | undefined;
  const { stdout } = await run(host, {
    step: 'end a client by KILL',
    // as the user whose process it is: in a container, root may not look into another user's
    script: killScript(pid, brokerPort),
    timeoutMs: BOUND_MS,
    onLine(line) {
      if (line === 'KILLED') at ??= now();
    },
  });
  const state = /^STATE (\w*)$/m.exec(stdout)?.[1];
  return { how: state === undefined ? 'unknown' : endOf(state === '' ? undefined : state), at: at ?? now() };
}

/** Tells `KILLED`, and once its kernel has dealt with the connection, `STATE n`, without a number where that is no longer in the table. */
export function killScript(pid: number, brokerPort: number): string {
  const remote = brokerPort.toString(16).toUpperCase().padStart(4, '0');
  return `flow=$(
${flowScript(pid, brokerPort)}
)
kill -s KILL ${pid} || exit 1
echo KILLED
[ -n "$flow" ] || exit 0
local=$(printf '%04X' "\${flow##* }")
state=01
tries=0
while [ "$state" = 01 ] && [ "$tries" -lt 50 ]; do
  [ "$tries" = 0 ] || sleep 0.02
  state=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v local=":$local$" -v remote=":${remote}$" '$2 ~ local && $3 ~ remote { print $4; exit }')
  tries=$((tries + 1))
done
echo "STATE $state"`;
}
