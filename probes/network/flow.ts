import { shellScript } from '../../base/shell-script.ts';

/** One TCP connection between a client on a host and its broker. */
export type Flow = { readonly family: 4 | 6; readonly clientPort: number; readonly brokerPort: number };

/** The shell function `find_flow`: the connection of a process to its broker, as `FLOW family port`. */
export function flowFunction(pid: number, brokerPort: number): string {
  return shellScript('flow.sh', import.meta.url, { pid, broker_port: brokerPort });
}
