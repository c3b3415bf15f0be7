import type { Architecture } from '../../lab-file/lab.ts';

/** Everything that the lab makes in Docker carries this label with the lab's name; `down` removes by it. */
export const LAB = 'mqtt-lab';
/** Name of the machine that a container is. */
export const MACHINE = 'mqtt-lab.machine';
/** User to log in as. */
export const LOGIN = 'mqtt-lab.login';
/** Hash of what a container or image was made from; another hash means that it is made anew. */
export const RECIPE = 'mqtt-lab.recipe';
/** Public SSH host key that was put into the container before its first start: the pin. */
export const HOST_KEY = 'mqtt-lab.host-key';
/** Debian suite of a base image, shared by all labs of the machine. */
export const BASE = 'mqtt-lab.base';

/** Architecture of an image or container, where it is not the engine's own. */
const ARCHITECTURE = 'mqtt-lab.architecture';

export function architectureLabel(architecture: Architecture | undefined): Readonly<Record<string, string>> {
  return architecture === undefined ? {} : { [ARCHITECTURE]: architecture };
}

export function labFilter(labName: string): { label: string[] } {
  return { label: [`${LAB}=${labName}`] };
}
