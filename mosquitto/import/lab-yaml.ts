import { Document } from 'yaml';
import { printable } from '../../base/paint.ts';
import { mistakesInText } from '../../lab-file/text-mistakes.ts';
import type { Grouped } from './groups.ts';
import { type Note, noteText } from './note.ts';
import type { WaysIn } from './people.ts';

export type Written = Grouped & {
  readonly name: string;
  readonly broker: Readonly<Record<string, unknown>>;
  readonly users: ReadonlyMap<string, WaysIn>;
  /** What to say above the broker, a line each. */
  readonly advice: readonly string[];
  readonly notes: readonly Note[];
};

/** The text of lab.yaml. Throws where lab.yaml would not load, which is a mistake of this code. */
export function labYaml({ name, broker, users, groups, topics, advice, notes }: Written): string {
  const document = new Document({ name });
  const put = (key: string, value: unknown, comment: readonly string[] = []) => {
    const node = document.createNode(key);
    if (comment.length > 0) node.commentBefore = comment.map((line) => ` ${line}`).join('\n');
    const content = document.createNode(value);
    document.add(document.createPair(node, content));
  };
  const flow = (value: unknown) => document.createNode(value, { flow: true });
  const mapping = <Value>(entries: Iterable<readonly [string, Value]>, node: (value: Value) => unknown) =>
    new Map([...entries].map(([key, value]) => [key, node(value)]));
  put('broker', flow(broker), advice);
  put('pis', flow({}), ['whose clients reach the broker too, such as { hall: { host: "ssh://pi@hall.local" } }']);
  const passwords = variables([...users.keys()]);
  const written = [...users].map(([user, { hasPassword, hasCertificate }]): [string, object] => [
    user,
    {
      ...(hasPassword ? { password: { env: passwords.get(user) } } : {}),
      ...(hasCertificate ? { certificate: true } : {}),
    },
  ]);
  put('users', mapping(written, flow), ['the broker has only hashes: set these variables to the passwords']);
  if (groups.size > 0) put('groups', mapping(groups, flow), ['users who share all their rights']);
  put('topics', mapping(topics, flow), [
    'who may publish may also leave a last will: Mosquitto has one write permission for both',
  ]);
  if (notes.length > 0) document.commentBefore = comment(['lab.yaml cannot say:', ...notes.map(noteText)]);
  const text = document.toString({ lineWidth: 0 });
  const mistakes = mistakesInText(text);
  if (mistakes.length > 0) throw new Error(`the imported lab file has mistakes:\n${mistakes.join('\n')}`);
  return text;
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => ` ${printable(line).replaceAll(/\s/g, ' ')}`).join('\n');
}

/** The environment variables of the users' passwords, each another one. */
export function variables(users: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const user of users) {
    const wanted = `LAB_PASSWORD_${user.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
    const taken = [...names.values()];
    const all = [wanted, ...users.map((_, index) => `${wanted}_${index + 2}`)];
    names.set(user, all.find((name) => !taken.includes(name)) ?? wanted);
  }
  return names;
}
