import { Option } from 'commander';
import type { Lab, Pi } from '../lab-file/lab.ts';

/** Commands that log in to hosts, and so may meet a host key that nothing is known of. */
const LOG_IN = ['up', 'plan', 'verify', 'report', 'status', 'ssh', 'down'];

/** The option of such a command; undefined for another one. */
export function newHostKeyOption(command: string): Option | undefined {
  if (!LOG_IN.includes(command)) return undefined;
  const text = 'keep unknown SSH host keys in known_hosts without asking; a changed one is refused all the same';
  return new Option('--accept-new-host-keys', text);
}

/** The lab, with every host reached over SSH at a key that is accepted where it is new. */
export function acceptNewHostKeys(lab: Lab): Lab {
  const accept = <Place extends Lab['broker']['host'] | Pi['host']>(host: Place): Place =>
    host.kind === 'ssh' ? { ...host, newHostKey: 'accept' } : host;
  return {
    ...lab,
    broker: { ...lab.broker, host: accept(lab.broker.host) },
    pis: lab.pis.map((pi) => ({ ...pi, host: accept(pi.host) })),
  };
}
