import type { Lab } from './lab.ts';
import { privateFolder } from './private-folder.ts';

/** `login`, `host`: private keys of the Pi's user and of its sshd; `unreached`: exists until the Pi's first login. */
export type CardFile = 'login' | 'host' | 'unreached';

/** What the lab keeps about the card of a Pi: `.lab/cards/LAB/PI/`. */
export function cardFile(lab: Pick<Lab, 'directory' | 'name'>, pi: string, file: CardFile): string {
  return privateFolder(lab, 'cards', lab.name, pi, file);
}
