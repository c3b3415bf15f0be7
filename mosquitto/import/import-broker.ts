import { LabError } from '../../base/errors.ts';
import { MAIN_CONF } from '../paths.ts';
import { parseAcl } from './acl.ts';
import { sortOptions } from './conf.ts';
import { type Option, readConf } from './conf-lines.ts';
import { grouped } from './groups.ts';
import type { HostFiles } from './host-files.ts';
import { labYaml } from './lab-yaml.ts';
import { listenersOf } from './listeners.ts';
import { type Note, noteAt, noteText, type SourceFile } from './note.ts';
import { usersOf } from './passwd.ts';
import { type FoundRights, rightsOf, UNLIMITED } from './rights.ts';
import { settingsOf } from './settings.ts';

/** What the lab file says beside the files of the host. */
export type ImportTarget = {
  readonly name: string;
  /** `host` of the broker that the lab takes over, or the address of a broker that stays as it is. */
  readonly place: { readonly host: string } | { readonly external: string; readonly software: string | undefined };
};

export type Imported = {
  /** The text of lab.yaml. */
  readonly text: string;
  /** What it cannot say. */
  readonly notes: readonly Note[];
};

const TAKE_OVER = [
  '`./lab plan --take-over` shows what the lab would change on this broker, `./lab up --take-over`',
  'changes it, and `./lab down` restores it. To verify it as it is: ./lab import --external',
];
/** Measured on 2.0.11, also with `allow_anonymous false`. */
const LOCAL_ONLY = noteAt(
  { file: MAIN_CONF },
  'without a listener Mosquitto accepts anonymous clients; in lab.yaml only users may connect',
);

const NO_USERS =
  'add users with mosquitto_passwd and name the file with password_file: a lab file has at least one user, and no anonymous clients';
const EXTERNAL = [
  '`./lab verify` verifies this broker as it is, and the lab never changes it. To make it the',
  "lab's, import it without --external.",
];

/** Reads a broker's configuration and describes it as a lab file. Throws a LabError where it cannot become one. */
export async function importBroker(files: HostFiles, { name, place }: ImportTarget): Promise<Imported> {
  const { listeners, options, isLocalOnly } = sortOptions(await readConf(files));
  const settings = settingsOf(options);
  const ports = listenersOf(listeners);
  const passwd = await usersIn(files, settings.passwordFile);
  const rights = await rightsIn(files, settings.aclFile, passwd.users);
  const notes = [
    ...(isLocalOnly ? [LOCAL_ONLY] : []),
    ...settings.notes,
    ...ports.notes,
    ...passwd.notes,
    ...rights.notes,
  ];
  const isExternal = 'external' in place;
  const broker = isExternal
    ? { host: 'external', address: place.external, port: ports.port, software: place.software }
    : {
        host: place.host,
        port: ports.port,
        maxKeepAlive: settings.maxKeepAlive,
        options: new Map([...settings.options, ...ports.options]),
      };
  const text = labYaml({
    name,
    broker: Object.fromEntries(Object.entries(broker).filter(([, value]) => !isEmpty(value))),
    users: passwd.users,
    ...grouped(rights.topics, passwd.users),
    advice: isExternal ? EXTERNAL : TAKE_OVER,
    notes,
  });
  return { text, notes };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (value instanceof Map && value.size === 0);
}

async function usersIn(files: HostFiles, option: Option | undefined) {
  if (option === undefined) throw cannot(`${MAIN_CONF} and its include_dir name no password_file`, NO_USERS);
  const passwd = usersOf(await namedFile(files, option));
  if (passwd.users.length === 0) throw cannot(`${option.value} has no user that lab.yaml can have`, NO_USERS);
  return passwd;
}

/** Without an ACL file, Mosquitto lets every client do everything. */
async function rightsIn(files: HostFiles, option: Option | undefined, users: readonly string[]): Promise<FoundRights> {
  if (option === undefined) return UNLIMITED;
  const acl = parseAcl(await namedFile(files, option));
  const { topics, notes } = rightsOf(acl.rules, users);
  return { topics, notes: [...acl.notes, ...notes].toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0)) };
}

async function namedFile(files: HostFiles, option: Option): Promise<SourceFile> {
  const text = await files.file(option.value);
  if (text !== undefined) return { path: option.value, text };
  throw cannot(
    noteText(noteAt(option, `${option.name} names ${option.value}, which does not exist`)),
    'correct the line',
  );
}

function cannot(happened: string, advice: string): LabError {
  return new LabError({ subject: 'broker', step: 'import its configuration', happened, advice }, 'could-not-run');
}
