import type Docker from 'dockerode';
import { ensureImage, type ImageWanted } from './docker/image.ts';
import { ensureMachine, type Machine, type MachineWanted } from './docker/machine.ts';
import { ensureNetwork } from './docker/network.ts';
import type { Lab } from './lab-file/lab.ts';
import { ensureLoginKey } from './login-key.ts';
import { LOGINS } from './machines.ts';
import { narrator, type Tell } from './progress.ts';

/** What a machine needs before it can be made, done once for all machines of a lab. */
export function machineMaker(
  docker: Docker,
  lab: Lab,
  tell: Tell,
  signal: AbortSignal,
): (name: string) => Promise<Machine> {
  const network = once(() => ensureNetwork(docker, lab.name, lab.containers.subnet));
  const key = once(() => ensureLoginKey(lab));
  const images = new Map<string, ReturnType<typeof ensureImage>>();
  let queue: Promise<unknown> = Promise.resolve();
  const image = (login: string, host: string) => {
    const { image: wanted } = machineRecipe(lab, host);
    // one after the other, so that the second build finds the first one's layers
    const made = images.get(login) ?? queue.then(() => ensureImage(docker, wanted, signal, narrator(tell, host)));
    queue = made.catch(() => undefined);
    images.set(login, made);
    return made;
  };
  return async (name) => {
    const { image: _, ...machine } = machineRecipe(lab, name);
    // first, since a subnet that is taken ends all before an image is made
    const labNetwork = await network();
    const made = await image(machine.login, name);
    return await ensureMachine(docker, { ...machine, network: labNetwork, image: made, key: await key() }, signal);
  };
}

/** What a machine is made from, as far as the lab file says. */
export function machineRecipe(
  lab: Lab,
  name: string,
): Pick<MachineWanted, 'lab' | 'name' | 'login' | 'ports'> & { readonly image: ImageWanted } {
  const login = name === 'broker' ? LOGINS.broker : LOGINS.pi;
  const image = { lab: lab.name, debian: lab.containers.debian, login };
  return { lab: lab.name, name, login, ports: name === 'broker' ? [lab.broker.port] : [], image };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
