import type Docker from 'dockerode';
import { atMost } from '../base/limit.ts';
import { hostReporter, type ReportProgress } from '../base/progress.ts';
import type { Lab } from '../lab-file/lab.ts';
import { ensureContainer } from '../provisioning/docker/container.ts';
import type { ContainerSpec } from '../provisioning/docker/container-spec.ts';
import type { Container } from '../provisioning/docker/container-state.ts';
import { type Emulation, findEmulations } from '../provisioning/docker/emulation.ts';
import { ensureImage, type ImageSpec } from '../provisioning/docker/image.ts';
import { ensureNetwork } from '../provisioning/docker/network.ts';
import { ensureLoginKey } from './login-key.ts';
import { LOGINS } from './machines.ts';

/** Containers that the engine makes at a time: more take it longer than one after the other, and the first ones can be used meanwhile. */
const AT_ONCE = 4;

/** What a machine needs before it can be made, done once for all machines of a lab. */
export function machineMaker(
  docker: Docker,
  lab: Lab,
  report: ReportProgress,
  signal: AbortSignal,
): (name: string) => Promise<Container> {
  const network = once(() => ensureNetwork(docker, lab.name, lab.containers.subnet));
  const key = once(() => ensureLoginKey(lab));
  const limit = atMost(AT_ONCE);
  const emulations = once(() => findEmulations(docker, lab));
  const images = new Map<string, ReturnType<typeof ensureImage>>();
  let queue: Promise<unknown> = Promise.resolve();
  const image = (wanted: ImageSpec, host: string) => {
    const kind = JSON.stringify(wanted);
    // one after the other, so that the second build finds the first one's layers
    const made = images.get(kind) ?? queue.then(() => ensureImage(docker, wanted, signal, hostReporter(report, host)));
    queue = made.catch(() => undefined);
    images.set(kind, made);
    return made;
  };
  return async (name) => {
    const { image: wanted, ...machine } = machineRecipe(lab, name, (await emulations()).get(name));
    // first, since a subnet that is taken ends all before an image is made
    const labNetwork = await network();
    const made = await image(wanted, name);
    const complete = { ...machine, network: labNetwork, image: made, key: await key() };
    return await limit(() => ensureContainer(docker, complete, signal));
  };
}

/** What a machine is made from, as far as the lab file and the engine's way to run it say. */
export function machineRecipe(
  lab: Lab,
  name: string,
  emulation: Emulation | undefined,
): Pick<ContainerSpec, 'lab' | 'name' | 'login' | 'ports'> & { readonly image: ImageSpec } {
  const mayUseSudo = emulation?.hasSetuid ?? true;
  const login = name === 'broker' ? LOGINS.broker : mayUseSudo ? LOGINS.pi : 'root';
  const image = { lab: lab.name, debian: lab.containers.debian, login, emulation };
  return { lab: lab.name, name, login, ports: name === 'broker' ? [lab.broker.port] : [], image };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
