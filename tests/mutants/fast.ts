import type { Mutant } from './mutant.ts';

/**
 * The mutants of `npm test`: one of each kind, each taking a second or two. `among` names further checks that must still
 * pass, since a check that fails for every fault proves nothing.
 */
const FAST: readonly {
  readonly name: string;
  readonly among?: string;
  /** Further checks that fail for the same fault. */
  readonly also?: readonly string[];
}[] = [
  // alice's line gets the hash of sam's password
  {
    name: 'passwd.alice.changed',
    among: 'auth,install.users,install.rights',
    also: ['auth.wrong-password.*.alice.nul', 'auth.wrong-password.*.alice.other-user'],
  },
  { name: 'acl.test.alice.readwrite', among: 'acl.publish,acl.sys,auth.accepted,install.message' },
  { name: 'message.duplicated', among: 'qos.this-machine,auth.accepted' },
  { name: 'connack.wrong-password-accepted' },
  { name: 'pi.clients-missing' },
  { name: 'will.sent-on-disconnect', among: 'will.clean,will.fin,auth.accepted' },
];

/** The fast mutants of a catalogue. Throws an Error for a name that the catalogue lacks. */
export function fastOnes(mutants: readonly Mutant[]): Mutant[] {
  return FAST.map(({ name, among, also = [] }) => {
    const mutant = mutants.find((candidate) => candidate.name === name);
    if (mutant === undefined) throw new Error(`no mutant is named ${name}`);
    return among === undefined
      ? mutant
      : { ...mutant, only: among, isExact: true, caughtBy: [...mutant.caughtBy, ...also] };
  });
}
