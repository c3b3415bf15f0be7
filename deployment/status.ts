import { LabError } from '../base/errors.ts';
import type { Lab } from '../lab-file/lab.ts';
import { sshText } from '../lab-file/ssh-address.ts';
import { BROKER_PACKAGES } from '../mosquitto/broker-host.ts';
import { MAIN_CONF } from '../mosquitto/paths.ts';
import { PI_PACKAGES } from '../pi/pi-host.ts';
import type { Container } from '../provisioning/docker/container-state.ts';
import { openHost } from '../provisioning/hosts/open.ts';
import { gatherFacts, type Query } from '../provisioning/resources/facts.ts';
import { installedVersions, packagesQuery } from '../provisioning/resources/packages.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import { SYSTEM, systemOf } from '../provisioning/resources/system.ts';
import type { ConnectAnswer } from './connect-once.ts';
import type { LiveBroker } from './live-lab.ts';
import type { LiveListener } from './live-listener.ts';
import { type Containers, liveBroker } from './locate.ts';
import type { Place } from './planned-host.ts';

/** The state of a host now. */
export type HostStatus = {
  readonly host: string;
  /** `down`: it answers, but lacks something; `unreachable`: it does not answer, or its container is not running. */
  readonly state: 'up' | 'down' | 'unreachable';
  /** `this machine`, `container, ssh on 127.0.0.1:32770`, `ssh pi@raspberrypi.local`. */
  readonly place: string;
  readonly system?: string;
  readonly versions?: Readonly<Record<string, string>>;
  readonly detail: string;
  /** Of the broker: where this machine's clients connect. */
  readonly listeners?: readonly LiveListener[];
};

export type StatusOptions = {
  readonly containers: Containers;
  /** Whether a Docker engine answers. */
  readonly hasEngine: boolean;
  /** Connects to the broker: neither its process nor an open port shows that it lets users in. */
  readonly connect: (broker: LiveBroker) => Promise<ConnectAnswer>;
  readonly signal: AbortSignal;
  readonly open?: typeof openHost;
};

const RUNNING: Query = { id: 'running', script: `${PROCESS_FUNCTIONS}\npids_of mosquitto ${MAIN_CONF} | head -n 1` };

/** Asks every host of the lab, side by side. An error on one host is its status. Changes nothing. */
export async function hostStatuses(lab: Lab, options: StatusOptions): Promise<readonly HostStatus[]> {
  const { host } = lab.broker;
  const pis = lab.pis.map((pi) => hostStatus(lab, { name: pi.name, place: pi.host, packages: PI_PACKAGES }, options));
  const broker =
    host.kind === 'external'
      ? externalBroker(lab, options)
      : hostStatus(lab, { name: 'broker', place: host, packages: BROKER_PACKAGES }, options);
  return await Promise.all([broker, ...pis]);
}

async function externalBroker(lab: Lab, { containers, connect }: StatusOptions): Promise<HostStatus> {
  const broker = await liveBroker(lab, containers);
  const status = externalStatus(`external ${broker.address}:${broker.port}`, await connect(broker));
  return { ...status, listeners: broker.listeners };
}

/** The status of a broker that only its answer shows. */
export function externalStatus(place: string, answer: ConnectAnswer): HostStatus {
  const [state, text] = {
    accepted: ['up', "accepts the lab's first user"] as const,
    refused: ['down', "refuses the lab's first user"] as const,
    silent: ['unreachable', 'no answer'] as const,
  }[answer.kind];
  const why = answer.kind === 'accepted' ? '' : `: ${answer.text}`;
  return { host: 'broker', state, place, detail: `${text}${why}; the lab never changes it` };
}

type Asked = { readonly name: string; readonly place: Place; readonly packages: readonly string[] };

async function hostStatus(lab: Lab, asked: Asked, options: StatusOptions): Promise<HostStatus> {
  const container = options.containers.get(asked.name);
  const known = { host: asked.name, place: placeText(asked.place, container) };
  if (asked.place.kind === 'container' && container === undefined) {
    const detail = options.hasEngine ? 'the container is not running' : 'no Docker engine answers';
    return { ...known, state: 'unreachable', detail };
  }
  try {
    return { ...known, ...(await reachedStatus(lab, asked, options)) };
  } catch (error) {
    const detail = error instanceof LabError ? error.trouble.happened : String(error);
    return { ...known, state: 'unreachable', detail };
  }
}

async function reachedStatus(
  lab: Lab,
  { name, place, packages }: Asked,
  { containers, connect, signal, open = openHost }: StatusOptions,
): Promise<Omit<HostStatus, 'host' | 'place'>> {
  const broker = name === 'broker' ? await liveBroker(lab, containers) : undefined;
  const answering = broker && connect(broker);
  // awaited below, unless the host is out of reach
  answering?.catch(() => undefined);
  const container = containers.get(name);
  const address = container === undefined ? place : ({ kind: 'ssh', ...container.ssh } as const);
  if (address.kind === 'container') throw new Error(`the container of ${name} is not running`);
  await using host = await open(name, address, signal);
  const facts = await gatherFacts(host, [SYSTEM, RUNNING, packagesQuery(packages)], signal, { root: false });
  const versions = Object.fromEntries(installedVersions(facts.get(packagesQuery(packages))));
  const system = systemOf(facts.get(SYSTEM));
  const about = {
    ...(system === undefined ? {} : { system: `${system.name} ${system.machine}` }),
    versions,
    ...(broker === undefined ? {} : { listeners: broker.listeners }),
  };
  const missing = packages.filter((wanted) => versions[wanted] === undefined);
  const answer = await answering;
  if (missing.length > 0) return { ...about, state: 'down', detail: `missing: ${missing.join(', ')}` };
  if (answer === undefined) return { ...about, state: 'up', detail: 'clients installed' };
  const running = facts.get(RUNNING).output.trim();
  const isUp = answer.kind === 'accepted' && running !== '';
  return { ...about, state: isUp ? 'up' : 'down', detail: brokerDetail(running, answer) };
}

/** Describes a managed broker; `running` is its process id, empty where none runs. */
export function brokerDetail(running: string, answer: ConnectAnswer): string {
  const process = running === '' ? 'the broker is not running' : `the broker is running (process ${running})`;
  if (running === '') return answer.kind === 'silent' ? process : `${process}; another broker answers on its port`;
  if (answer.kind === 'accepted') return process;
  return `${process}, but ${answer.kind === 'refused' ? "refuses the lab's first user" : 'does not answer'}: ${answer.text}`;
}

function placeText(place: Place, container: Container | undefined): string {
  if (place.kind === 'local') return 'this machine';
  if (place.kind === 'ssh') return `ssh ${sshText(place)}`;
  return container === undefined ? 'container' : `container, ssh on 127.0.0.1:${container.ssh.port}`;
}
