import { containerRecipe } from '../../deployment/containers.ts';
import { containerCreator } from '../../deployment/create-containers.ts';
import { readLab } from '../../lab-file/read.ts';
import { BROKER_PACKAGES } from '../../mosquitto/broker-host.ts';
import { PI_PACKAGES } from '../../pi/pi-host.ts';
import { containerName } from '../../provisioning/docker/container-state.ts';
import { imageState } from '../../provisioning/docker/image.ts';
import { RECIPE } from '../../provisioning/docker/labels.ts';
import { run } from '../../provisioning/hosts/host.ts';
import { openHost } from '../../provisioning/hosts/open.ts';
import type { Bench } from './bench.ts';
import { runLab } from './lab-command.ts';
import { containerLab, piNames, sshLab } from './lab-text.ts';
import { type Of, type Part, partOf } from './part.ts';
import { APT } from './plain.ts';
import { entry, MQTT_PORT } from './stage.ts';
import type { Row } from './table.ts';

/** Seconds of one Pi and of ten. */
type OneAndTen = { readonly one: number; readonly ten: number };
export type ManyPis = {
  /** Existing hosts, over SSH. */
  readonly hosts: OneAndTen;
  /** From no container. */
  readonly containers: OneAndTen;
  /** `up` of twenty without a change. */
  readonly again: number;
};

/**
 * Measures one Pi and ten, each time with a fresh broker host. Their image has the packages, which excludes apt: the time
 * consists of logins, facts, the broker's files and its start, and once also the start of the containers.
 */
export function manyPis(): Part {
  return partOf('pis', measure, rowsOf);
}

async function measure(bench: Bench): Promise<ManyPis> {
  const name = bench.name('pis');
  const up = async (file: string) => (await runLab(file, ['up', '--no-verify'], bench.signal)).seconds;
  const labOf = async (pis: number) => await bench.labFile(name, containerLab(name, piNames(pis)));
  const overSsh = async (pis: number) => {
    await bench.clear(name);
    return await up(await madeHosts(bench, await labOf(pis)));
  };
  const fromNothing = async (pis: number) => {
    await bench.clear(name);
    return await up(await labOf(pis));
  };
  await bench.clear(name);
  await keepPackages(bench, await labOf(1));
  const hosts = { one: await overSsh(1), ten: await overSsh(10) };
  const containers = { one: await fromNothing(1), ten: await fromNothing(10) };
  await up(await labOf(20));
  return { hosts, containers, again: await up(await labOf(20)) };
}

/** Pure. */
export function rowsOf(of: Of<ManyPis>): Row[] {
  const pair = (what: string, figures: (round: ManyPis) => OneAndTen): Row[] => [
    { name: `cold without apt: up of 1 Pi, ${what}`, median: of((round) => figures(round).one), unit: 's' },
    { name: `cold without apt: up of 10 Pis, ${what}`, median: of((round) => figures(round).ten), unit: 's' },
    {
      name: '  10 Pis / 1 Pi',
      median: of((round) => figures(round).ten / figures(round).one),
      unit: '×',
      target: { most: 2 },
    },
  ];
  return [
    ...pair('over SSH', ({ hosts }) => hosts),
    ...pair('from no container', ({ containers }) => containers),
    { name: 'no change: up of 20 Pis', median: of(({ again }) => again), unit: 's', target: { most: 3 } },
  ];
}

/** Creates the containers of a lab file, and returns a lab file with them as hosts over SSH. */
async function madeHosts(bench: Bench, file: string): Promise<string> {
  const lab = readLab(file);
  const make = containerCreator(bench.docker, lab, { report: () => undefined, signal: bench.signal });
  const hostOf = async (name: string) => {
    const machine = await make(name);
    return entry(machine, { address: machine.address, port: 22 });
  };
  const broker = hostOf('broker');
  const pis = lab.pis.map(async ({ name }) => [name, await hostOf(name)] as const);
  const entries = Object.fromEntries(await Promise.all(pis));
  // another name, because a lab removes containers of its own name that it does not want
  const name = `${lab.name}-ssh`;
  return await bench.labFile(name, sshLab(name, { ...(await broker), port: MQTT_PORT }, entries));
}

/** Adds the packages of a lab's hosts to its images, under the same names and recipes. */
async function keepPackages({ docker, signal }: Bench, file: string): Promise<void> {
  const lab = readLab(file);
  const make = containerCreator(docker, lab, { report: () => undefined, signal });
  const keep = async (name: string, packages: readonly string[]) => {
    const { ssh } = await make(name);
    await using host = await openHost(name, { kind: 'ssh', ...ssh }, signal);
    await run(host, {
      step: 'install',
      script: `${APT} ${packages.join(' ')}`,
      root: true,
      timeoutMs: 600_000,
      signal,
    });
    const { tag, recipe } = await imageState(docker, containerRecipe(lab, name, undefined).image);
    const [repo, version] = tag.split(':');
    const container = docker.getContainer(containerName(lab.name, name));
    await container.commit({ repo, tag: version, changes: `LABEL ${RECIPE}=${recipe}` });
  };
  await keep('broker', BROKER_PACKAGES);
  await keep('pi1', PI_PACKAGES);
}
