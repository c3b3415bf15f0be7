import type Docker from 'dockerode';
import { CALLED_AS } from '../base/called-as.ts';
import { ignoreFailure, LabError } from '../base/errors.ts';
import type { Lab, Listener, Pi } from '../lab-file/lab.ts';
import { bestListener } from '../lab-file/listeners.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { clientFolder } from '../pi/client-files.ts';
import { certificatesOf } from '../provisioning/certificates/certificates.ts';
import { type Container, findContainers } from '../provisioning/docker/container-state.ts';
import { type Host, tryRun } from '../provisioning/hosts/host.ts';
import { type HostAddress, openHost } from '../provisioning/hosts/open.ts';
import { hostNameOf, isIndirect } from '../provisioning/hosts/ssh-destination.ts';
import { containerNames } from './containers.ts';
import { credentialsOf } from './endpoints.ts';
import type { LiveBroker, LiveLab, LivePi } from './live-lab.ts';
import type { LiveListener } from './live-listener.ts';

export type Containers = ReadonlyMap<string, Container>;

/** The lab's running containers, by host name. */
export async function locateContainers(lab: Lab, docker: Docker): Promise<Containers> {
  return await findContainers(docker, lab.name, privateFolder(lab, 'keys', lab.name));
}

/**
 * Finds the addresses and ports of a running lab; `open` has the connections that are open already. Changes nothing.
 * Throws a LabError with the names of containers that are not running.
 */
export async function locate(
  lab: Lab,
  containers: Containers,
  open: ReadonlyMap<string, Host> = new Map(),
): Promise<LiveLab> {
  const stopped = containerNames(lab).filter((name) => !containers.has(name));
  if (stopped.length > 0) throw notRunning(lab.name, stopped);
  const broker = await liveBroker(lab, containers);
  const { host } = lab.broker;
  // for all Pis at once, and a second time only beside `broker.address`, which may be a loopback address
  const isNamed = host.kind !== 'ssh' || lab.broker.address === undefined;
  const known = { containers, brokerName: isNamed ? broker.address : await hostNameOf('broker', host) };
  const pis = await Promise.all(lab.pis.map((pi) => livePi(lab, pi, known, open.get(pi.name))));
  return { lab, broker, pis };
}

/** How commands reach the broker's host; undefined for an external broker. */
export function brokerHostAddress({ broker }: Lab, containers: Containers): HostAddress | undefined {
  const { host } = broker;
  return host.kind === 'external' ? undefined : host.kind === 'local' ? host : hostAddress('broker', host, containers);
}

/** Throws a LabError for a container that is not running. */
export function hostAddress(name: string, host: Pi['host'], containers: Containers): HostAddress {
  if (host.kind === 'ssh') return host;
  const container = containers.get(name);
  if (container === undefined) throw notRunning(name, [name]);
  return { kind: 'ssh', ...container.ssh };
}

/** Where the broker is for MQTT clients on this machine; leaves its version open. Throws a LabError for a container that is not running. */
export async function liveBroker(lab: Lab, containers: Containers): Promise<LiveBroker> {
  const { address, host, listeners } = lab.broker;
  const published = (port: number) =>
    host.kind === 'container' ? (containers.get('broker')?.published.get(port) ?? port) : port;
  const isHere = host.kind === 'local' || host.kind === 'external';
  const at = (fallback: string) => {
    const reached = listeners
      .filter(({ bind }) => isHere || bind === 'all')
      .map((listener) => ({
        ...listener,
        address: listener.bind === 'loopback' ? '127.0.0.1' : (address ?? fallback),
        reachedPort: published(listener.port),
      }));
    const folder = clientFolder(lab.name);
    return {
      ...bestFor(lab, reached),
      listeners: reached,
      onHost: listeners
        .filter(isForHost)
        .map((listener) => ({ ...listener, address: '127.0.0.1', reachedPort: listener.port, folder })),
      credentials: credentialsOf(lab, certificatesOf(lab)),
      host: brokerHostAddress(lab, containers),
      version: undefined,
    };
  };
  switch (host.kind) {
    case 'local':
    case 'external':
      return at('127.0.0.1');
    case 'ssh':
      return at(address ?? (await hostNameOf('broker', host)));
    case 'container':
      return at('127.0.0.1');
  }
}

/** The addresses that the lab's parts have: its containers, and a broker that is reached over SSH. */
type Known = { readonly containers: Containers; readonly brokerName: string };

async function livePi(lab: Lab, pi: Pi, known: Known, open: Host | undefined): Promise<LivePi> {
  const host = hostAddress(pi.name, pi.host, known.containers);
  const given = lab.broker.address;
  const address =
    given !== undefined && !isLoopback(given) ? given : await brokerFor(lab, { name: pi.name, host, open }, known);
  // no client program there speaks WebSockets
  const reached = lab.broker.listeners
    .filter(({ bind, protocol }) => bind === 'all' && protocol === 'mqtt')
    .map((listener) => ({ ...listener, address, reachedPort: listener.port, folder: clientFolder(lab.name) }));
  return { name: pi.name, host, broker: { ...bestFor(lab, reached), listeners: reached } };
}

/** No client program on a host speaks WebSockets, and the broker's host has no keys of clients. */
function isForHost({ protocol, tls }: Listener): boolean {
  return protocol === 'mqtt' && tls?.clients !== 'required';
}

/** Where the first user goes. */
export function bestFor({ users }: Pick<Lab, 'users'>, listeners: readonly LiveListener[]) {
  const [first] = users;
  const listener = (first && bestListener(listeners, first)) ?? listeners[0];
  return { address: listener?.address ?? '', port: listener?.reachedPort ?? 0 };
}

/** On this machine's loopback address a Pi finds itself, not the broker. */
function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}

type Client = { readonly name: string; readonly host: HostAddress; readonly open: Host | undefined };

/** Where a Pi finds the broker. For one on this machine that is the other end of our SSH connection, or the gateway of a container. */
async function brokerFor(lab: Lab, { name, host, open }: Client, { containers, brokerName }: Known): Promise<string> {
  if (lab.broker.host.kind === 'container') return containers.get('broker')?.address ?? '';
  if (lab.broker.host.kind === 'ssh') return brokerName;
  const gateway = containers.get(name)?.gateway;
  if (gateway !== undefined) return gateway;
  if (host.kind === 'ssh' && (await isIndirect(name, host))) throw indirect(name);
  // a reboot may have closed the open connection
  const address = open === undefined ? undefined : await ignoreFailure(ourAddress(open));
  if (address !== undefined && address !== '') return address;
  await using reached = await openHost(name, host);
  return await ourAddress(reached);
}

async function ourAddress(host: Host): Promise<string> {
  const script = 'echo "${SSH_CONNECTION%% *}"';
  return (await tryRun(host, { step: 'find the address of this machine', script, timeoutMs: 10_000 })).stdout.trim();
}

function notRunning(subject: string, names: readonly string[]): LabError {
  const happened = `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not running`;
  return new LabError({ subject, step: 'find the containers', happened, advice: `${CALLED_AS} up` }, 'could-not-run');
}

function indirect(subject: string): LabError {
  const happened = 'SSH goes through another host, so the Pi does not see the address of this machine';
  const advice = 'set `broker.address` to the name or address of this machine on its network';
  return new LabError({ subject, step: 'find the broker for its clients', happened, advice }, 'could-not-run');
}
