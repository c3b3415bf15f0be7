import { type Paint, printable } from '../base/paint.ts';
import type { HostStatus } from '../deployment/status.ts';
import type { Lab } from '../lab-file/lab.ts';
import { listenerLines } from './listener-lines.ts';

/** A block for each host. */
export function statusLines(lab: Lab, hosts: readonly HostStatus[], paint: Paint): string[] {
  const signs = { up: paint('green', '✓'), down: paint('yellow', '!'), unreachable: paint('red', '✗') };
  const blocks = hosts.flatMap(({ host, state, place, system, versions, detail, listeners = [] }) => [
    `${signs[state]} ${host.padEnd(8)} ${printable(detail)}`,
    `    ${place}${system === undefined ? '' : `, ${printable(system)}`}`,
    ...Object.entries(versions ?? {}).map(([name, version]) => `    ${name} ${printable(version)}`),
    ...listenerLines(lab, listeners).map((line) => `    ${printable(line)}`),
  ]);
  return [`lab ${lab.name} (${lab.file})`, ...blocks];
}
