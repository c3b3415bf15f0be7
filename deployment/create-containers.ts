import type Docker from 'dockerode';
import { atMost } from '../base/limit.ts';
import { hostReporter, type ReportProgress } from '../base/progress.ts';
import type { Lab } from '../lab-file/lab.ts';
import { ensureContainer } from '../provisioning/docker/container.ts';
import type { Container } from '../provisioning/docker/container-state.ts';
import { findEmulations } from '../provisioning/docker/emulation.ts';
import { ensureImage, type ImageSpec } from '../provisioning/docker/image.ts';
import { ensureNetwork } from '../provisioning/docker/network.ts';
import { containerRecipe } from './containers.ts';
import { ensureLoginKey } from './login-key.ts';

/** The engine is slower with more containers at a time, and the first ones are usable meanwhile. */
const AT_ONCE = 4;

/** Creates or reuses the container of a host, and starts it. */
export type CreateContainer = (name: string) => Promise<Container>;

/** Network, key and images are made once, for the first container that needs them. */
export function containerCreator(
  docker: Docker,
  lab: Lab,
  { report, signal }: { readonly report: ReportProgress; readonly signal: AbortSignal },
): CreateContainer {
  const network = once(() => ensureNetwork(docker, lab.name, lab.containers.subnet));
  const key = once(() => ensureLoginKey(lab));
  const limit = atMost(AT_ONCE);
  const emulations = once(() => findEmulations(docker, lab));
  const images = new Map<string, ReturnType<typeof ensureImage>>();
  let queue: Promise<unknown> = Promise.resolve();
  const image = (wanted: ImageSpec, host: string) => {
    const kind = JSON.stringify(wanted);
    // one after the other, so that the second build finds the first one's layers
    const made =
      images.get(kind) ??
      queue.then(() => ensureImage(docker, wanted, { signal, reporter: hostReporter(report, host) }));
    queue = made.catch(() => undefined);
    images.set(kind, made);
    return made;
  };
  return async (name) => {
    const { image: wanted, ...container } = containerRecipe(lab, name, (await emulations()).get(name));
    // first: a subnet that is taken fails before an image takes a minute
    const labNetwork = await network();
    const made = await image(wanted, name);
    const spec = { ...container, network: labNetwork, image: made, key: await key() };
    return await limit(() => ensureContainer(docker, spec, signal));
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
