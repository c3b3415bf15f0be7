/** Users and topics of every lab that is measured, as in the default lab file. */
const INTENT = {
  users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
  topics: {
    status: { publish: ['sam'], subscribe: ['alice'], lastWill: ['sam', 'alice'] },
    test: { publish: ['sam'], subscribe: ['alice'] },
  },
};

/** Names of a number of Pis: `pi1`, `pi2`, … */
export function piNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `pi${index + 1}`);
}

/** A lab file of containers. */
export function containerLab(name: string, pis: readonly string[]): object {
  return {
    name,
    broker: { host: 'container', port: 1884 },
    pis: Object.fromEntries(pis.map((pi) => [pi, { host: 'container' }])),
    ...INTENT,
  };
}

/** A broker in a container of Debian 13 with a listener of each kind; the first user can log in at each. */
export function listenersLab(name: string): object {
  const listeners = [
    { port: 1884 },
    { port: 8883, tls: {} },
    { port: 8884, tls: { clients: 'required' } },
    { port: 9001, protocol: 'websockets' },
    { port: 9002, protocol: 'websockets', tls: {} },
  ];
  const users = { sam: { password: 'sam', certificate: true }, alice: { password: 'alice', certificate: true } };
  const broker = { host: 'container', listeners };
  return { name, broker, ...INTENT, users, containers: { debian: 13 } };
}

/** A host of a lab file that is reached over SSH. */
export type SshEntry = { readonly host: string; readonly identity: string; readonly hostKey: string };

/** A lab file of hosts that are reached over SSH; the Pis by their names. */
export function sshLab(
  name: string,
  broker: SshEntry & { readonly port: number },
  pis: Readonly<Record<string, SshEntry>>,
): object {
  return { name, broker, pis, ...INTENT };
}
