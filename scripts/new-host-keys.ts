import { Option } from 'commander';
import type { Lab, Pi } from '../lab-file/lab.ts';

/** Commands that log in to hosts, and so may meet an unknown host key. */
const LOG_IN = ['up', 'plan', 'verify', 'report', 'live', 'status', 'ssh', 'import', 'down'];

/** The option for such a command; undefined for others. */
export function newHostKeyOption(command: string): Option | undefined {
  if (!LOG_IN.includes(command)) return undefined;
  const text = 'add unknown SSH host keys to known_hosts without asking; changed keys are still refused';
  return new Option('--accept-new-host-keys', text);
}

/** The lab, with new host keys accepted on every host over SSH. */
export function acceptNewHostKeys(lab: Lab): Lab {
  const accept = <Place extends Lab['broker']['host'] | Pi['host']>(host: Place): Place =>
    host.kind === 'ssh' ? { ...host, newHostKey: 'accept' } : host;
  return {
    ...lab,
    broker: { ...lab.broker, host: accept(lab.broker.host) },
    pis: lab.pis.map((pi) => ({ ...pi, host: accept(pi.host) })),
  };
}
