import { CALLED_AS } from '../base/called-as.ts';
import { LabError } from '../base/errors.ts';
import type { Lab, User } from '../lab-file/lab.ts';
import { bestListener } from '../lab-file/listeners.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { clientCa, clientFiles } from '../pi/client-files.ts';
import type { Endpoint } from '../probes/mqtt/endpoint.ts';
import type { HostEndpoint } from '../probes/mqtt/host-endpoint.ts';
import type { Certificates } from '../provisioning/certificates/certificates.ts';
import { CA_FOLDER } from '../provisioning/certificates/files.ts';
import type { LiveBroker, LiveLab, LivePi } from './live-lab.ts';
import type { Credentials, LiveListener } from './live-listener.ts';

/** Reads the certificates; what is missing is an error only where a client needs it. */
export function credentialsOf(lab: Pick<Lab, 'users'>, certificates: Certificates | undefined): Credentials {
  if (certificates === undefined) return { ca: undefined, pairs: new Map() };
  const pairs = lab.users.flatMap((user) => {
    const pair = user.certificate === undefined ? undefined : certificates.user(user).pair;
    return pair === undefined ? [] : [[user.name, pair] as const];
  });
  return { ca: certificates.brokerCa(), pairs: new Map(pairs) };
}

/** Where a user's clients on this machine reach the broker: at the best listener. Throws a LabError where none is left. */
export function endpointHere({ lab, broker }: Pick<LiveLab, 'lab' | 'broker'>, user: User | undefined): Endpoint {
  const listener = user === undefined ? broker.listeners[0] : bestListener(broker.listeners, user);
  if (listener === undefined) throw noListener('broker', broker.listeners, user);
  return endpointAt(lab, broker.credentials, listener, user);
}

/** The port, on the broker's host, of the listener that the first user's clients on this machine use. */
export function hostPort({ lab, broker }: Pick<LiveLab, 'lab' | 'broker'>): number {
  const [first] = lab.users;
  return (first && bestListener(broker.listeners, first)?.port) ?? lab.broker.port;
}

/** How a user's clients on this machine reach one listener. */
export function endpointAt(
  lab: Pick<Lab, 'file'>,
  { ca, pairs }: Credentials,
  { address, reachedPort, protocol, tls }: LiveListener,
  user: Pick<User, 'name'> | undefined,
): Endpoint {
  const at = { address, port: reachedPort, protocol } as const;
  if (tls === undefined) return at;
  if (ca === undefined) throw noAuthority(lab.file);
  const certificate = tls.clients === 'required' ? pairs.get(user?.name ?? '') : undefined;
  return { ...at, tls: { ca, ...(certificate === undefined ? {} : { certificate }) } };
}

/** Where a user's clients on a Pi reach the broker. Throws a LabError where no listener is left. */
export function endpointOn(
  { name, broker }: { readonly name: string; readonly broker: Pick<LivePi['broker'], 'listeners'> },
  user: User,
): HostEndpoint {
  const listener = bestListener(broker.listeners, user);
  if (listener === undefined) throw noListener(name, broker.listeners, user);
  return hostEndpointAt(listener, user.name);
}

/** Where a user's clients on the broker's own host reach it. Throws a LabError where each listener asks for a certificate. */
export function endpointOnBrokerHost({ onHost }: Pick<LiveBroker, 'onHost'>, user: User): HostEndpoint {
  const listener = bestListener(onHost, user);
  if (listener === undefined) throw noListener('broker', onHost, user);
  return hostEndpointAt(listener, user.name);
}

/** How a user's clients on a Pi reach one listener. */
export function hostEndpointAt(
  { address, reachedPort: port, tls, folder = '' }: LiveListener,
  user: string,
): HostEndpoint {
  if (tls === undefined) return { address, port };
  const certificate = tls.clients === 'required' ? { certificate: clientFiles(folder, user) } : {};
  return { address, port, tls: { ca: clientCa(folder), ...certificate } };
}

/** How a user's client programs on this machine reach one listener, with the files that the lab has here. */
export function programEndpointHere(
  lab: Pick<Lab, 'file' | 'directory' | 'broker'>,
  { ca }: Pick<Credentials, 'ca'>,
  listener: LiveListener,
  { name, certificate }: Pick<User, 'name' | 'certificate'>,
): HostEndpoint {
  const { tls, ...at } = hostEndpointAt({ ...listener, folder: privateFolder(lab, CA_FOLDER) }, name);
  if (tls === undefined) return at;
  if (ca === undefined) throw noAuthority(lab.file);
  const given = typeof certificate === 'object' ? { chain: certificate.certificate, key: certificate.key } : undefined;
  const shown = tls.certificate && { certificate: given ?? tls.certificate };
  return { ...at, tls: { ca: lab.broker.tls.own?.ca ?? tls.ca, ...shown } };
}

function noListener(subject: string, listeners: readonly LiveListener[], user: User | undefined): LabError {
  const name = user?.name ?? 'a client';
  const needs = user?.certificate === undefined ? 'a certificate (certificate: true)' : 'a password';
  const happened =
    listeners.length === 0
      ? `${name} reaches no listener of the lab file from here`
      : `${name} needs ${needs} to log in at port ${listeners.map(({ port }) => port).join(', ')}`;
  const advice = 'see `users` and `broker.listeners` in the lab file; publish and subscribe may use another --listener';
  return new LabError({ subject, step: 'choose a listener', happened, advice }, 'could-not-run');
}

function noAuthority(file: string): LabError {
  const happened = `the CA with which clients verify the broker is missing (\`.lab/ca/ca.pem\` beside ${file})`;
  return new LabError(
    { subject: 'broker', step: 'read the certificates', happened, advice: `${CALLED_AS} up` },
    'could-not-run',
  );
}
