import type Docker from 'dockerode';
import { LabError } from '../base/errors.ts';
import type { Lab, Pi } from '../lab-file/lab.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { type Container, findContainers } from '../provisioning/docker/container-state.ts';
import { type Host, tryRun } from '../provisioning/hosts/host.ts';
import { type HostAddress, openHost } from '../provisioning/hosts/open.ts';
import { hostNameOf, isIndirect } from '../provisioning/hosts/ssh-config.ts';
import { gatherFacts } from '../provisioning/resources/facts.ts';
import { installedVersions, packagesQuery } from '../provisioning/resources/packages.ts';
import type { LiveBroker, LiveLab, LivePi } from './live-lab.ts';
import { containerMachines } from './machines.ts';

/** The emulated machines of the lab that run, by name. */
export async function locateMachines(lab: Lab, docker: Docker): Promise<ReadonlyMap<string, Container>> {
  return await findContainers(docker, lab.name, privateFolder(lab, 'keys', lab.name));
}

/**
 * Host names and ports of a lab that stands; `open`: hosts that there is a connection to. Changes nothing. Throws a LabError with exit code 2 that names
 * the part that does not stand.
 */
export async function locate(
  lab: Lab,
  machines: ReadonlyMap<string, Container>,
  open: ReadonlyMap<string, Host> = new Map(),
): Promise<LiveLab> {
  const missing = containerMachines(lab).filter((name) => !machines.has(name));
  if (missing.length > 0) {
    const happened = `${missing.join(', ')} ${missing.length === 1 ? 'does' : 'do'} not run`;
    throw new LabError(
      { subject: lab.name, step: 'find the emulated machines', happened, advice: './lab up' },
      'could-not-run',
    );
  }
  const broker = await liveBroker(lab, machines);
  const { host } = lab.broker;
  // asked once for all Pis, and again only where `broker.address` is given, which may be a loopback
  const isNamed = host.kind !== 'ssh' || lab.broker.address === undefined;
  const seen = { machines, broker: isNamed ? broker.address : await hostNameOf('broker', host) };
  const pis = await Promise.all(lab.pis.map((pi) => livePi(lab, pi, seen, open.get(pi.name))));
  return { lab, broker, pis };
}

/** Where the broker is, whatever became of the Pis; `machines` is needed where it is in a container. Throws a LabError with exit code 2 when that does not run. */
export async function locateBroker(lab: Lab, machines: ReadonlyMap<string, Container>): Promise<LiveBroker> {
  return await liveBroker(lab, machines);
}

export function brokerHostAddress({ broker }: Lab, machines: ReadonlyMap<string, Container>): HostAddress | undefined {
  switch (broker.host.kind) {
    case 'local':
      return { kind: 'local' };
    case 'external':
      return undefined;
    default:
      return hostAddress('broker', broker.host, machines);
  }
}

export function hostAddress(name: string, host: Pi['host'], machines: ReadonlyMap<string, Container>): HostAddress {
  if (host.kind === 'ssh') return host;
  const machine = machines.get(name);
  if (machine === undefined) {
    throw new LabError(
      { subject: name, step: 'find the container', happened: 'it does not run', advice: './lab up' },
      'could-not-run',
    );
  }
  return { kind: 'ssh', ...machine.ssh };
}

/** Where the broker is for MQTT clients on this machine; its version is not asked. */
export async function liveBroker(lab: Lab, machines: ReadonlyMap<string, Container>): Promise<LiveBroker> {
  const { address, port, host } = lab.broker;
  const at = (fallback: string, reached = port) => ({
    address: address ?? fallback,
    port: reached,
    host: brokerHostAddress(lab, machines),
    version: undefined,
  });
  switch (host.kind) {
    case 'local':
    case 'external':
      return at('127.0.0.1');
    case 'ssh':
      return at(address ?? (await hostNameOf('broker', host)));
    case 'container':
      return at('127.0.0.1', machines.get('broker')?.published.get(port));
  }
}

/** What the lab's parts are known as: the machines, and a broker that is reached over SSH. */
type Seen = { readonly machines: ReadonlyMap<string, Container>; readonly broker: string };

async function livePi(lab: Lab, pi: Pi, seen: Seen, open: Host | undefined): Promise<LivePi> {
  const host = hostAddress(pi.name, pi.host, seen.machines);
  const given = lab.broker.address;
  const isGiven = given !== undefined && !isLoopback(given);
  const address = isGiven ? given : await brokerAsSeenBy(lab, pi, host, seen, open);
  return { name: pi.name, host, broker: { address, port: lab.broker.port } };
}

/** A broker on this machine's loopback is this machine for a Pi. */
function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}

/** Where a broker on this machine is for a Pi: the other end of the SSH connection that we have to it; an emulated Pi's gateway. */
async function brokerAsSeenBy(
  lab: Lab,
  pi: Pi,
  host: HostAddress,
  seen: Seen,
  open: Host | undefined,
): Promise<string> {
  switch (lab.broker.host.kind) {
    case 'container':
      return seen.machines.get('broker')?.address ?? '';
    case 'ssh':
      return seen.broker;
    default: {
      const gateway = seen.machines.get(pi.name)?.gateway;
      if (gateway !== undefined) return gateway;
      if (host.kind === 'ssh' && (await isIndirect(pi.name, host)))
        throw new LabError(indirectTrouble(pi.name), 'could-not-run');
      // a reboot has ended it
      const told = open === undefined ? '' : await ourAddress(open).catch(() => '');
      if (told !== '') return told;
      await using reached = await openHost(pi.name, host);
      return await ourAddress(reached);
    }
  }
}

async function ourAddress(host: Host): Promise<string> {
  const script = 'echo "${SSH_CONNECTION%% *}"';
  return (await tryRun(host, { step: 'ask for our address', script, timeoutMs: 10_000 })).stdout.trim();
}

function indirectTrouble(subject: string) {
  const happened = 'it is reached through another host, which is all that it sees of this machine';
  const advice = 'set `broker.address` to the name or address of this machine on its network';
  return { subject, step: 'find the broker for its clients', happened, advice };
}

/** The same lab with the broker's version, asked of its host; some behaviour, such as when keep alive expires, depends on it. */
export async function withVersion(live: LiveLab, signal: AbortSignal): Promise<LiveLab> {
  if (live.broker.host === undefined) return live;
  await using host = await openHost('broker', live.broker.host, signal);
  const query = packagesQuery(['mosquitto']);
  const facts = await gatherFacts(host, [query], signal, { root: false });
  const version = installedVersions(facts.get(query)).get('mosquitto');
  return { ...live, broker: { ...live.broker, version: upstreamVersion(version ?? '') } };
}

/** `1:2.0.11-1.2+deb12u2` → `2.0.11` (deb-version(7)). */
export function upstreamVersion(version: string): string | undefined {
  return /^(?:\d+:)?(\d+\.\d+\.\d+)/.exec(version)?.[1];
}
