import type Docker from 'dockerode';
import { ensureImage } from './docker/image.ts';
import { ensureMachine, type Machine } from './docker/machine.ts';
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
    const wanted = { lab: lab.name, debian: lab.containers.debian, login };
    // one after the other, so that the second build finds the first one's layers
    const made = images.get(login) ?? queue.then(() => ensureImage(docker, wanted, signal, narrator(tell, host)));
    queue = made.catch(() => undefined);
    images.set(login, made);
    return made;
  };
  return async (name) => {
    const login = name === 'broker' ? LOGINS.broker : LOGINS.pi;
    // first, since a subnet that is taken ends all before an image is made
    const labNetwork = await network();
    const wanted = {
      lab: lab.name,
      name,
      login,
      network: labNetwork,
      image: await image(login, name),
      key: await key(),
    };
    return await ensureMachine(docker, { ...wanted, ports: name === 'broker' ? [lab.broker.port] : [] }, signal);
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
