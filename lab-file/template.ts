import { parse } from 'yaml';
import { PROGRAM } from '../base/called-as.ts';

/** What a new lab file says; the rest of it is an example. */
export type NewLab = {
  readonly name: string;
  /** Path or URL of lab.schema.json, for editors. */
  readonly schema: string;
  readonly broker: { readonly host: string; readonly address?: string };
  /** Where each Pi is, by its name. */
  readonly pis: ReadonlyMap<string, string>;
};

/** The users of a new lab file. */
export const NEW_USERS = ['sensor', 'dashboard'] as const;

/** Where the password of a user of a new lab file is, relative to that file. */
export function passwordFile(user: string): string {
  return `.lab/passwords/${user}`;
}

/** The variable with the password of a user of a new lab file whose broker is external. */
export function passwordVariable(user: string): string {
  return `LAB_PASSWORD_${user.toUpperCase()}`;
}

/** The text of a new lab.yaml with comments. */
export function labTemplate({ name, schema, broker, pis }: NewLab): string {
  const isExternal = broker.host === 'external';
  const machines = [...pis].map(([pi, host]) => `  ${pi}: ${flow({ host })}`);
  const [sensor, dashboard] = NEW_USERS;
  return [
    `# yaml-language-server: $schema=${schema}`,
    ...(isExternal
      ? [`# \`${PROGRAM} verify\` checks that the broker does what this file says; the lab never changes it.`]
      : [`# \`${PROGRAM} up\` builds this lab and verifies it, \`${PROGRAM} down\` removes it again.`]),
    `name: ${scalar(name)}`,
    '',
    '# host: local (this machine), container, ssh://[user@]host[:port], or external with address: HOST',
    `broker: ${flow(broker)}`,
    '',
    '# Raspberry Pis whose clients reach the broker: container (emulated) or ssh://[user@]host[:port]',
    ...(machines.length === 0 ? ['pis: {}'] : ['pis:', ...machines]),
    '',
    ...(isExternal
      ? ['# users that the broker already has: set these variables to their passwords']
      : ['# .lab/ stays out of git; for CI, { env: NAME } takes a password from a variable']),
    'users:',
    ...NEW_USERS.map((user) => {
      const password = isExternal ? { env: passwordVariable(user) } : { file: passwordFile(user) };
      return `  ${user}: { password: ${flow(password)} }`;
    }),
    '',
    '# who may do what; a user who is not named may not. + is any level, # any levels below',
    'topics:',
    `  status: { publish: [${sensor}], subscribe: [${dashboard}], lastWill: [${sensor}] }`,
    `  home/+/temperature: { publish: [${sensor}], subscribe: [${dashboard}] }`,
    '',
  ].join('\n');
}

function flow(mapping: Readonly<Record<string, string>>): string {
  return `{ ${Object.entries(mapping)
    .map(([key, value]) => `${key}: ${scalar(value)}`)
    .join(', ')} }`;
}

/** A text as YAML reads it back: plain where possible, otherwise in quotes. */
function scalar(text: string): string {
  return /^[a-z.][\w.@:/-]*$/i.test(text) && parse(text) === text ? text : JSON.stringify(text);
}
