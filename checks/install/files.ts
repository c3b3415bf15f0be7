import { quote } from '../../base/quote.ts';
import type { Query } from '../../provisioning/resources/facts.ts';
import type { FileEvidence } from '../../records/measured/file.ts';

export function fileEvidence(path: string, text: string): FileEvidence {
  return { kind: 'file', path, lines: linesOf(text) };
}

/**
 * The password file with four characters of each salt and each hash, which nobody can try passwords against. They are cut off on the host, so that no
 * more of them comes here: `sam:$7$1000$AbCd…$EfGh…`. Of an entry of another form only its name is left, of a line without a name its beginning.
 */
export function passwdQuery(path: string): Query {
  const rules = [
    's/^([^:]*):(\\$[0-9]+(\\$[0-9]+)?\\$[^$]{1,4})[^$]*(\\$.{1,4}).*/\\1:\\2…\\4…/; t',
    's/^([^:]*):.*/\\1:…/; t',
    's/^(.{16}).+/\\1…/',
  ];
  return { id: 'users', script: `sed -E ${rules.map((rule) => `-e ${quote(rule)}`).join(' ')} ${quote(path)}` };
}

/** The names of a password file, in its order. */
export function namesOf(passwd: string): string[] {
  return linesOf(passwd).flatMap((line) => {
    const [name = ''] = line.split(':');
    return name === '' ? [] : [name];
  });
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
