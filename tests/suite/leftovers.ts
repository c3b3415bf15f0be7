import { readdir, readFile, rm } from 'node:fs/promises';
import process from 'node:process';
import type Docker from 'dockerode';
import { removeContainers } from '../../provisioning/docker/container.ts';
import { namesOf, removeImages } from '../../provisioning/docker/image.ts';
import { LAB } from '../../provisioning/docker/labels.ts';
import { removeNetworks } from '../../provisioning/docker/network.ts';
import { hasEnded } from '../../provisioning/hosts/local-process.ts';
import { type Run, runFolders, runPid } from './run.ts';

/** The containers, networks and images that labs left, each with its lab: `test-12-apt: container mqtt-lab-test-12-apt-pi`. */
export async function labelledThings(docker: Docker): Promise<{ lab: string; what: string }[]> {
  const labelled = { filters: { label: [LAB] } };
  const containers = await docker.listContainers({ all: true, ...labelled });
  const networks = await docker.listNetworks(labelled);
  const images = await docker.listImages(labelled);
  return [
    ...containers.map(({ Labels, Names }) => ({ lab: Labels[LAB], what: `container ${Names[0]?.slice(1)}` })),
    ...networks.map(({ Labels, Name }) => ({ lab: Labels?.[LAB], what: `network ${Name}` })),
    ...images.map(({ Labels, RepoTags, Id }) => ({
      lab: Labels?.[LAB],
      what: `image ${namesOf(RepoTags)?.[0] ?? Id}`,
    })),
  ].flatMap(({ lab, what }) => (lab === undefined ? [] : [{ lab, what }]));
}

/** Removes every trace of the labs whose names `isOurs` accepts. Returns what it removed. */
export async function sweepLabs(docker: Docker, isOurs: (lab: string) => boolean): Promise<string[]> {
  const found = (await labelledThings(docker)).filter(({ lab }) => isOurs(lab));
  for (const lab of new Set(found.map((thing) => thing.lab))) {
    await removeContainers(docker, lab);
    await removeNetworks(docker, lab);
    await removeImages(docker, lab);
  }
  return found.map(({ lab, what }) => `${lab}: ${what}`);
}

/** Whether a lab belongs to a test run that was killed and removes nothing any more. */
export function isOfKilledRun(lab: string): boolean {
  const pid = runPid(lab);
  return pid !== undefined && hasEnded(pid);
}

/** Ends the processes of killed runs and removes their folders. */
export async function sweepFolders(): Promise<void> {
  for (const { folder, pid } of await runFolders()) {
    if (!hasEnded(pid)) continue;
    await sweepProcesses({ folder });
    await rm(folder, { recursive: true, force: true });
  }
}

/** Kills every process with the run's folder in its environment. Returns what still ran. */
export async function sweepProcesses({ folder }: Pick<Run, 'folder'>): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`TMPDIR=${folder}`)) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    found.push(`process ${pid} ${words.replaceAll('\0', ' ').trim()}`);
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // the process has ended
    }
  }
  return found;
}
