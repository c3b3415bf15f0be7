import type { Mutant } from './mutant.ts';

/**
 * What `npm test` runs: one of each kind that takes a second or two. Of some, more checks are run than must fail, and of those no other may:
 * a check that fails whatever is wrong tells nothing.
 */
const FAST: readonly {
  readonly name: string;
  readonly among?: string;
  /** Checks that fail too, for the same fault. */
  readonly also?: readonly string[];
}[] = [
  // with the hash of sam's password in her line
  {
    name: 'passwd.alice.changed',
    among: 'auth,install.users,install.rights',
    also: ['auth.wrong-password.*.alice.nul', 'auth.wrong-password.*.alice.other-user'],
  },
  { name: 'acl.test.alice.readwrite', among: 'acl.publish,acl.sys,auth.accepted,install.message' },
  { name: 'message.duplicated', among: 'qos.this-machine,auth.accepted' },
  { name: 'connack.wrong-password-accepted' },
  { name: 'will.sent-on-disconnect', among: 'will.clean,will.fin,auth.accepted' },
];

/** The fast ones of a catalogue; throws where it has none of such a name. */
export function fastOnes(mutants: readonly Mutant[]): Mutant[] {
  return FAST.map(({ name, among, also = [] }) => {
    const mutant = mutants.find((candidate) => candidate.name === name);
    if (mutant === undefined) throw new Error(`no mutant is named ${name}`);
    return among === undefined
      ? mutant
      : { ...mutant, only: among, isExact: true, caughtBy: [...mutant.caughtBy, ...also] };
  });
}
