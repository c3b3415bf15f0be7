import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type Docker from 'dockerode';
import { removeContainers } from '../../provisioning/docker/container.ts';
import { removeImages } from '../../provisioning/docker/image.ts';
import { LAB } from '../../provisioning/docker/labels.ts';
import { removeNetworks } from '../../provisioning/docker/network.ts';
import { hasEnded } from '../../provisioning/hosts/local-process.ts';

/** The engine and folder of all measurements. Disposing of it removes the containers, networks, images and files that they made. */
export type Bench = AsyncDisposable & {
  readonly docker: Docker;
  readonly signal: AbortSignal;
  /** Folder for the measured tools' files; readable by this user only. */
  readonly directory: string;
  /** Name of a lab of the bench's own. */
  name(part: string): string;
  /** Removes a lab's containers and its network. */
  clear(name: string): Promise<void>;
  /** Writes a lab file and gives its path. */
  labFile(name: string, content: object): Promise<string>;
};

export async function openBench(docker: Docker, signal: AbortSignal): Promise<Bench> {
  await sweep(docker);
  const directory = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-bench-'));
  const names = new Set<string>();
  return {
    docker,
    signal,
    directory,
    name(part) {
      const name = `${PREFIX}${process.pid}-${part}`;
      names.add(name);
      return name;
    },
    clear: async (name) => await clear(docker, name),
    async labFile(name, content) {
      const file = path.join(directory, `${name}.yaml`);
      // JSON is YAML
      await writeFile(file, JSON.stringify(content));
      return file;
    },
    async [Symbol.asyncDispose]() {
      const removals = [...names].map(async (name) => {
        await clear(docker, name).finally(() => removeImages(docker, name));
      });
      const removed = await Promise.allSettled([...removals, rm(directory, { recursive: true, force: true })]);
      // one failed removal does not stop the others
      for (const removal of removed) if (removal.status === 'rejected') throw removal.reason;
    },
  };
}

const PREFIX = 'bench-';

async function clear(docker: Docker, name: string): Promise<void> {
  await removeContainers(docker, name);
  await removeNetworks(docker, name);
}

/** Removes what a killed bench left in Docker. */
async function sweep(docker: Docker): Promise<void> {
  const filters = { label: [LAB] };
  const [containers, networks, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listImages({ filters }),
  ]);
  const names = [...containers, ...networks, ...images].map(({ Labels }) => Labels?.[LAB] ?? '');
  for (const name of new Set(names)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || !hasEnded(Number(pid))) continue;
    // a bench does not need what the engine fails to remove
    await clear(docker, name).catch(() => undefined);
    await removeImages(docker, name).catch(() => undefined);
  }
}
