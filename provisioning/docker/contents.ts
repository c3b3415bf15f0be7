import type Docker from 'dockerode';
import type { EngineContents } from './engine-removal.ts';
import { namesOf } from './image.ts';
import { LAB } from './labels.ts';

/** What is read of the engine's answers that dockerode has no type for. */
type Info = { readonly DockerRootDir?: string; readonly Swarm?: { readonly LocalNodeState?: string } };
type Usage = { readonly BuildCache?: readonly unknown[] | null };

/** What every engine has of itself. */
const OWN_NETWORKS = ['bridge', 'host', 'none'];

/** All that anybody has in an engine; writes nothing. */
export async function engineContents(docker: Docker): Promise<EngineContents> {
  const [info, containers, images, { Volumes }, networks, plugins] = await Promise.all([
    docker.info(),
    docker.listContainers({ all: true }),
    docker.listImages({ all: true }),
    docker.listVolumes(),
    docker.listNetworks(),
    docker.listPlugins(),
  ]);
  const { DockerRootDir: root = '', Swarm }: Info = info;
  const swarm = Swarm?.LocalNodeState || 'inactive';
  const things = [
    ...containers.map(({ Id, Names, Labels }) => ({
      what: `container ${Names?.[0]?.slice(1) ?? Id}`,
      lab: Labels?.[LAB],
    })),
    ...images.map(({ Id, RepoTags, Labels }) => ({
      what: `image ${namesOf(RepoTags)?.[0] ?? Id}`,
      lab: Labels?.[LAB],
    })),
    ...(Volumes ?? []).map(({ Name, Labels }) => ({ what: `volume ${Name}`, lab: Labels?.[LAB] })),
    ...networks
      .filter(({ Name }) => !OWN_NETWORKS.includes(Name))
      .map(({ Name, Labels }) => ({ what: `network ${Name}`, lab: Labels?.[LAB] })),
    ...(plugins ?? []).map(({ Name }) => ({ what: `plugin ${Name}` })),
    ...(swarm === 'inactive' ? [] : [{ what: 'a swarm' }]),
  ];
  // the engine counts bytes for this, which takes long where there is much
  const usage: Usage = things.length > 0 ? {} : await docker.df();
  return { root, things: (usage.BuildCache ?? []).length > 0 ? [{ what: 'a build cache' }] : things };
}
