import type { Architecture } from '../../lab-file/lab.ts';

/** Label of everything that the lab creates in Docker, with the lab's name; `down` removes by it. */
export const LAB = 'mqtt-lab';
/** Host name of a container: `broker` or the Pi's name. */
export const MACHINE = 'mqtt-lab.machine';
/** User to log in as. */
export const LOGIN = 'mqtt-lab.login';
/** Hash of what a container or image was made from; with another hash the lab replaces it. */
export const RECIPE = 'mqtt-lab.recipe';
/** Public SSH host key of the container, from before its first start: the pinned key. */
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
