import { linesOf, type Note, noteAt, type Place, type SourceFile } from './note.ts';

export const ACCESS = ['read', 'write', 'readwrite', 'deny'] as const;

/** A `topic` or `pattern` line of an ACL file. */
export type AclRule = Place & {
  readonly kind: 'topic' | 'pattern';
  /** Of a `topic` line; undefined: anonymous clients, before the first `user`. */
  readonly user: string | undefined;
  readonly access: (typeof ACCESS)[number];
  readonly filter: string;
};

/** Reads an ACL file as Mosquitto does (mosquitto.conf(5), acl_file; security_default.c). */
export function parseAcl(file: SourceFile): { readonly rules: readonly AclRule[]; readonly notes: readonly Note[] } {
  const rules: AclRule[] = [];
  const notes: Note[] = [];
  let user: string | undefined;
  for (const line of linesOf(file)) {
    const [, word = '', rest = ''] = /^ *(\S+) *(.*)$/.exec(line.text) ?? [];
    const right = word === 'topic' || word === 'pattern' ? rightIn(rest) : undefined;
    if (word === 'user' && rest !== '') user = rest;
    else if (right !== undefined && (word === 'topic' || word === 'pattern')) {
      const { file: path, line: number } = line;
      rules.push({ file: path, line: number, kind: word, user: word === 'topic' ? user : undefined, ...right });
    } else notes.push(noteAt(line, 'Mosquitto does not accept this line; left out'));
  }
  return { rules, notes };
}

/** `[read|write|readwrite|deny] FILTER`; a single word is the filter. */
function rightIn(text: string): Pick<AclRule, 'access' | 'filter'> | undefined {
  const [, first = '', filter = ''] = /^(\S+) *(.*)$/.exec(text) ?? [];
  if (first === '') return undefined;
  if (filter === '') return { access: 'readwrite', filter: first };
  const access = ACCESS.find((known) => known === first);
  return access === undefined ? undefined : { access, filter };
}
