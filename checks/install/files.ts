import { quote } from '../../base/quote.ts';
import type { Query } from '../../provisioning/resources/facts.ts';
import type { FileEvidence } from '../../records/measured/file.ts';

export function fileEvidence(path: string, text: string): FileEvidence {
  return { kind: 'file', path, lines: linesOf(text) };
}

/**
 * The password file with only four characters of each salt and hash: `sam:$7$1000$AbCd…$EfGh…`. The host shortens them,
 * so that the record cannot be used to guess passwords. An entry of another form shows its name only, a line without a
 * name its beginning.
 */
export function passwdQuery(path: string): Query {
  const rules = [
    's/^([^:]*):(\\$[0-9]+(\\$[0-9]+)?\\$[^$]{1,4})[^$]*(\\$.{1,4}).*/\\1:\\2…\\4…/; t',
    's/^([^:]*):.*/\\1:…/; t',
    's/^(.{16}).+/\\1…/',
  ];
  return { id: 'users', script: `sed -E ${rules.map((rule) => `-e ${quote(rule)}`).join(' ')} ${quote(path)}` };
}

/** The names in a password file, in its order. */
export function namesOf(passwd: string): string[] {
  return linesOf(passwd).flatMap((line) => {
    const [name = ''] = line.split(':');
    return name === '' ? [] : [name];
  });
}

/** The rules of an ACL file with their user, such as `sam: topic write status`. A rule before any user applies to all clients. */
export function rulesOf(acl: string): string[] {
  let section = 'every client';
  return linesOf(acl).flatMap((line) => {
    const rule = line.trim();
    if (rule === '' || rule.startsWith('#')) return [];
    const user = /^user (.+)$/.exec(rule)?.[1];
    if (user === undefined) return [`${section}: ${rule}`];
    section = user;
    return [];
  });
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
