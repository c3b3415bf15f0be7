import { userName } from '../../lab-file/forms.ts';
import { linesOf, type Note, noteAt, type SourceFile } from './note.ts';

/** The users of a password file (mosquitto_passwd(1)) that lab.yaml can have. No hash leaves this function. */
export function usersOf(file: SourceFile): { readonly users: readonly string[]; readonly notes: readonly Note[] } {
  const notes: Note[] = [];
  const users = new Set<string>();
  for (const line of linesOf(file)) {
    const [name = '', hash = ''] = line.text.split(':');
    const shown = JSON.stringify(name);
    const wrong = mistakeIn(name);
    if (hash === '') notes.push(noteAt(line, 'a line without NAME:HASH; left out'));
    else if (wrong !== undefined) notes.push(noteAt(line, `the user name ${shown} ${wrong}`));
    else users.add(name);
  }
  return { users: [...users], notes };
}

function mistakeIn(name: string): string | undefined {
  // YAML readers that build objects would lose it
  if (name === '__proto__') return 'is not allowed in lab.yaml';
  return userName.safeParse(name).error?.issues[0]?.message;
}
