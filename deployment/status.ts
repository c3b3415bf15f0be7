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
import type { LiveBroker } from './live-lab.ts';
import { brokerHostAddress, hostAddress, liveBroker } from './locate.ts';

/** What a host is like right now. */
export type HostStatus = {
  readonly host: string;
  /** `down`: reachable, but without what it should have; `unreachable`: no answer, or a container that does not run. */
  readonly state: 'up' | 'down' | 'unreachable';
  /** Where it is: `this machine`, `container 127.0.0.1:32770`, `ssh pi@raspberrypi.local`. */
  readonly place: string;
  readonly system?: string;
  readonly versions?: Readonly<Record<string, string>>;
  readonly detail: string;
};

/** What a broker said to one authenticated CONNECT, in words where it did not accept. */
export type BrokerAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'silent'; readonly text: string };

const RUNNING: Query = { id: 'running', script: `${PROCESS_FUNCTIONS}\npids_of mosquitto ${MAIN_CONF} | head -n 1` };

/**
 * Looks at every host of the lab, side by side; an error of one is its status. `knock` asks the broker by one bounded CONNECT: neither a process
 * nor an open port is a broker that lets the lab's users in.
 */
export async function hostStatuses(
  lab: Lab,
  machines: ReadonlyMap<string, Container>,
  engine: string | undefined,
  knock: (broker: LiveBroker) => Promise<BrokerAnswer>,
  signal: AbortSignal,
): Promise<readonly HostStatus[]> {
  const managed =
    lab.broker.host.kind === 'external' ? [] : [{ name: 'broker', host: lab.broker.host, packages: BROKER_PACKAGES }];
  const pis = lab.pis.map(({ name, host }) => ({ name, host, packages: PI_PACKAGES }));
  const looks = [...managed, ...pis].map(async ({ name, host, packages }): Promise<HostStatus> => {
    const place = placeOf(host, machines.get(name));
    if (host.kind === 'container' && machines.get(name) === undefined) {
      const why = engine === 'answers' ? 'the container does not run' : 'no Docker engine answers';
      return { host: name, state: 'unreachable', place, detail: why };
    }
    try {
      const answering = name === 'broker' ? liveBroker(lab, machines).then(knock) : undefined;
      // told below, or not at all where the host is out of reach
      answering?.catch(() => undefined);
      const address =
        name === 'broker'
          ? brokerHostAddress(lab, machines)
          : host.kind === 'local'
            ? undefined
            : hostAddress(name, host, machines);
      await using reached = await openHost(name, address ?? { kind: 'local' }, signal);
      const facts = await gatherFacts(reached, [SYSTEM, RUNNING, packagesQuery(packages)], signal, { root: false });
      const versions = Object.fromEntries(installedVersions(facts.get(packagesQuery(packages))));
      const system = systemOf(facts.get(SYSTEM));
      const missing = packages.filter((wanted) => versions[wanted] === undefined);
      const running = facts.get(RUNNING).output.trim();
      const answer = await answering;
      const detail =
        missing.length > 0
          ? `missing: ${missing.join(', ')}`
          : answer === undefined
            ? 'clients installed'
            : brokerDetail(running, answer);
      const isUp = missing.length === 0 && (answer === undefined || (answer.kind === 'accepted' && running !== ''));
      return {
        host: name,
        state: isUp ? 'up' : 'down',
        place,
        ...(system === undefined ? {} : { system: `${system.name} ${system.machine}` }),
        versions,
        detail,
      };
    } catch (error) {
      return {
        host: name,
        state: 'unreachable',
        place,
        detail: error instanceof LabError ? error.trouble.happened : String(error),
      };
    }
  });
  const external = lab.broker.host.kind === 'external' ? [externalBroker(lab, machines, knock)] : [];
  return await Promise.all([...external, ...looks]);
}

async function externalBroker(
  lab: Lab,
  machines: ReadonlyMap<string, Container>,
  knock: (broker: LiveBroker) => Promise<BrokerAnswer>,
): Promise<HostStatus> {
  const broker = await liveBroker(lab, machines);
  return externalStatus(`external ${broker.address}:${broker.port}`, await knock(broker));
}

/** A broker that only its answer tells of. */
export function externalStatus(place: string, answer: BrokerAnswer): HostStatus {
  const [state, said] = {
    accepted: ['up', "lets the lab's first user in"] as const,
    refused: ['down', "refuses the lab's first user"] as const,
    silent: ['unreachable', 'no answer'] as const,
  }[answer.kind];
  const why = answer.kind === 'accepted' ? '' : `: ${answer.text}`;
  return { host: 'broker', state, place, detail: `${said}${why}; never touched by the lab` };
}

/** A managed broker in words; `running` is its process, empty where it has none. */
export function brokerDetail(running: string, answer: BrokerAnswer): string {
  const process = running === '' ? 'the broker does not run' : `the broker runs (process ${running})`;
  if (running === '') return answer.kind === 'silent' ? process : `${process}; another one answers at its port`;
  if (answer.kind === 'accepted') return process;
  return `${process}, but ${answer.kind === 'refused' ? "refuses the lab's first user" : 'does not answer'}: ${answer.text}`;
}

function placeOf(host: Lab['broker']['host'], machine: Container | undefined): string {
  switch (host.kind) {
    case 'local':
      return 'this machine';
    case 'container':
      return machine === undefined ? 'container' : `container, ssh on 127.0.0.1:${machine.ssh.port}`;
    case 'ssh':
      return `ssh ${sshText(host)}`;
    case 'external':
      return 'external';
  }
}
