import type { Lab } from '../lab-file/lab.ts';
import { willWidens } from '../lab-file/may.ts';

/** A sentence for each right to write that a user has only because of a last will. */
export function willNotes(lab: Lab): string[] {
  return willWidens(lab).map(({ user, topic }) => {
    return `${user} may also publish to ${topic}: Mosquitto has one write permission for publishing and last wills`;
  });
}
