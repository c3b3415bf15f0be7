import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { containerCreator } from '../../deployment/create-containers.ts';
import type { Lab } from '../../lab-file/lab.ts';
import { readLab } from '../../lab-file/read.ts';
import type { Container } from '../../provisioning/docker/container-state.ts';
import type { Bench } from './bench.ts';
import { containerLab, type SshEntry, sshLab } from './lab-text.ts';
import { openRelay, type Relay } from './relay.ts';

/** How a host of the stage is logged in to. */
export type Login = {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identity: string;
};

/** Two fresh containers, broker and Pi, as hosts that are reached over SSH. Disposing of it ends the link; the containers stay. */
export type Stage = AsyncDisposable & {
  readonly lab: Lab;
  readonly broker: Login;
  readonly pi: Login;
  /** Folder of its own for a tool's files. */
  readonly directory: string;
  readonly knownHosts: string;
};

/** Prepares a tool for a stage; each call of the result is a run, in seconds. */
export type Prepare = (stage: Stage, signal: AbortSignal) => Promise<() => Promise<number>>;

export const MQTT_PORT = 1884;

/** Creates the containers of an emulated lab; nothing here is timed. `delayMs`: delay of each direction, 0 for none. */
export async function openStage(bench: Bench, delayMs: number): Promise<Stage> {
  const name = bench.name('hosts');
  const made = readLab(await bench.labFile(name, containerLab(name, ['pi'])));
  await bench.clear(name);
  const make = containerCreator(bench.docker, made, { report: () => undefined, signal: bench.signal });
  const [broker, pi] = await Promise.all([make('broker'), make('pi')]);
  const relays: Relay[] = [];
  const close = async () => {
    await Promise.all(relays.map((relay) => relay[Symbol.asyncDispose]()));
  };
  const reach = async ({ address }: Container, port: number | 'its own'): Promise<Place> => {
    if (delayMs === 0) return { address, port: port === 'its own' ? MQTT_PORT : port };
    const relay = await openRelay(address, port, delayMs);
    relays.push(relay);
    return { address: '127.0.0.1', port: relay.port };
  };
  try {
    const at = { broker: await reach(broker, 22), pi: await reach(pi, 22) };
    // a broker listens on the port that it is reached on
    const { port } = await reach(broker, 'its own');
    const entries = { broker: { ...entry(broker, at.broker), port }, pi: entry(pi, at.pi) };
    // another name, because a lab removes containers of its own name that it does not want
    const over = `${name}-ssh`;
    const file = await bench.labFile(over, sshLab(over, entries.broker, { pi: entries.pi }));
    const knownHosts = path.join(bench.directory, 'known_hosts');
    await writeFile(knownHosts, [knownHost(broker, at.broker), knownHost(pi, at.pi)].join(''));
    return {
      lab: readLab(file),
      broker: login(broker, at.broker),
      pi: login(pi, at.pi),
      directory: bench.directory,
      knownHosts,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

export type Place = { readonly address: string; readonly port: number };

function login({ ssh }: Container, place: Place): Login {
  return { ...place, user: ssh.user ?? '', identity: ssh.identity ?? '' };
}

/** A lab file's entry for a container that is a host over SSH. */
export function entry(machine: Container, place: Place): SshEntry {
  const { user, address, port, identity } = login(machine, place);
  return { host: `ssh://${user}@${address}:${port}`, identity, hostKey: machine.ssh.hostKey ?? '' };
}

function knownHost({ ssh }: Container, { address, port }: Place): string {
  return `${port === 22 ? address : `[${address}]:${port}`} ${ssh.hostKey}\n`;
}
