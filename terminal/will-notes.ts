import type { Lab } from '../lab-file/lab.ts';
import { willWidens } from '../lab-file/may.ts';

/** Where the right to leave a last will gives a user more than the lab file says elsewhere, a sentence each. */
export function willNotes(lab: Lab): string[] {
  return willWidens(lab).map(({ user, topic }) => {
    return `${user} may write to ${topic}: Mosquitto grants a last will by write permission`;
  });
}
