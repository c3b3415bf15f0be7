import type { Socket } from 'node:net';
import { endianness } from 'node:os';
import process from 'node:process';
import { tcpTables } from '../../probes/network/kernel-end.ts';

/** A closed socket has no owner, which shows as root (proc(5), /proc/net/tcp). */
const ESTABLISHED = '01';

type Ends = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>;

/** Whether a program of this user, or of root, is at the other end of a connection on this machine. */
export async function isOfThisUser(socket: Ends): Promise<boolean> {
  const uid = uidOfPeer(await tcpTables(), socket);
  return uid === 0 || (uid !== undefined && uid === process.getuid?.());
}

/** Pure. The user id of the other end, which may be an IPv6 socket; undefined where it is not connected to this end. */
export function uidOfPeer(tables: string, { remoteAddress, remotePort, localAddress, localPort }: Ends) {
  const wanted = [written(remoteAddress, remotePort), written(localAddress, localPort)];
  for (const line of tables.split('\n')) {
    const [, local, remote, state, , , , uid] = line.trim().split(/\s+/);
    if (state !== ESTABLISHED) continue;
    if (local?.slice(-13) === wanted[0] && remote?.slice(-13) === wanted[1]) return Number(uid);
  }
  return undefined;
}

/** As the kernel writes an IPv4 address and a port: `0100007F:1F90` on most machines. */
function written(address = '', port = 0): string {
  const bytes = address
    .replace(/^::ffff:/, '')
    .split('.')
    .map(Number);
  const ordered = Buffer.from(endianness() === 'LE' ? bytes.reverse() : bytes);
  return `${ordered.toString('hex')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
}
