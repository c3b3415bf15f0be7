import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { findEngine } from '../../../provisioning/docker/engine.ts';
import { namesOf } from '../../../provisioning/docker/image.ts';
import { within } from './until.ts';

/** A machine's container as the engine sees it: another way in than the SSH that the lab uses. */
export type Container = {
  readonly name: string;
  /** Runs a script as root; throws when it fails. Gives its output. */
  shell(script: string, boundMs?: number): Promise<string>;
  inspect(): Promise<Docker.ContainerInspectInfo>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Port on 127.0.0.1 that a TCP port of the container is published on. */
  published(port: number): Promise<number>;
};

const BOUND_MS = 60_000;

export async function engine(): Promise<Docker> {
  const found = await findEngine();
  if (found.state !== 'answers') throw new Error(`no Docker engine answers: ${found.endpoint}`);
  return found.docker;
}

export function container(name: string): Container {
  const self: Container = {
    name,
    async shell(script, boundMs = BOUND_MS) {
      const first = script.trim().split('\n')[0];
      return await within(`in ${name}: ${first}`, boundMs, execute(name, script));
    },
    inspect: async () => await (await engine()).getContainer(name).inspect(),
    kill: async () => await (await engine()).getContainer(name).kill(),
    async published(port) {
      const { NetworkSettings } = await self.inspect();
      const found = NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort;
      if (found === undefined) throw new Error(`${name} does not publish ${port}`);
      return Number(found);
    },
  };
  return self;
}

async function execute(name: string, script: string): Promise<string> {
  const docker = await engine();
  const exec = await docker.getContainer(name).exec({
    Cmd: ['sh', '-c', script],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({});
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, stdout, stderr);
  stream.on('end', () => {
    stdout.end();
    stderr.end();
  });
  const [output, complaint] = await Promise.all([text(stdout), text(stderr)]);
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) throw new Error(`in ${name}: exit code ${ExitCode}\n${script}\n${output}${complaint}`);
  return output;
}

/** Names of the containers, networks and images that carry a lab's label. */
export async function labelled(lab: string): Promise<string[]> {
  const docker = await engine();
  const filters = { label: [`mqtt-lab=${lab}`] };
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({ filters });
  const images = await docker.listImages({ filters });
  return [
    ...containers.flatMap(({ Names }) => Names.map((name) => `container ${name.slice(1)}`)),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...images.flatMap(({ RepoTags, Id }) => (namesOf(RepoTags) ?? [Id]).map((name) => `image ${name}`)),
  ].sort();
}

/** True when a program of that name runs in the container, undefined otherwise. */
export async function programRuns({ shell }: Pick<Container, 'shell'>, program: string): Promise<true | undefined> {
  const found = await shell('cat /proc/[0-9]*/comm 2>/dev/null || true');
  return found.split('\n').includes(program) ? true : undefined;
}
