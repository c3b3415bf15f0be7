import { CALLED_AS } from '../../base/called-as.ts';
import { LabError } from '../../base/errors.ts';
import type { SshTarget } from '../../lab-file/ssh-url.ts';
import { MAIN_CONF } from '../paths.ts';
import { parseAcl } from './acl.ts';
import { type FoundListener, sortOptions } from './conf.ts';
import { type Option, readConf } from './conf-lines.ts';
import { type CaFound, findCa, verifyTls } from './external-tls.ts';
import { grouped } from './groups.ts';
import type { HostFiles } from './host-files.ts';
import { labYaml } from './lab-yaml.ts';
import { kindOf } from './listener-kind.ts';
import { listenerOptions } from './listener-options.ts';
import { type Listeners, listenersOf, type Reach } from './listeners.ts';
import { type Note, noteAt, noteText, type SourceFile } from './note.ts';
import { peopleOf } from './people.ts';
import { rightsOf, UNLIMITED } from './rights.ts';
import { settingsOf } from './settings.ts';

/** What the lab file says beside the files of the host. */
export type ImportTarget = Pick<Reach, 'isHere' | 'hasWebSockets'> & {
  readonly name: string;
  /** `host` of the broker that the lab takes over, or the address of a broker that stays as it is. */
  readonly place:
    | { readonly host: string }
    | {
        readonly external: string;
        readonly software: string | undefined;
        /** How this machine copies files from the host; undefined: the host is this machine. */
        readonly from?: SshTarget | undefined;
      };
};

export type Imported = {
  /** The text of lab.yaml. */
  readonly text: string;
  /** What it cannot say. */
  readonly notes: readonly Note[];
};

const TAKE_OVER = [
  `\`${CALLED_AS} plan --take-over\` shows what the lab would change on this broker, \`${CALLED_AS} up --take-over\``,
  `changes it, and \`${CALLED_AS} down\` restores it. To verify it as it is: ${CALLED_AS} import --external`,
];
const EXTERNAL = [
  `\`${CALLED_AS} verify\` verifies this broker as it is, and the lab never changes it. To make it the`,
  "lab's, import it without --external.",
];
const NO_USERS =
  'add users with mosquitto_passwd and name the file with password_file: a lab file has at least one user, and no anonymous clients';

/** Measured on 2.0.11, also with `allow_anonymous false`. */
const LOCAL_ONLY = noteAt(
  { file: MAIN_CONF },
  'without a listener Mosquitto accepts anonymous clients; in lab.yaml only users may connect',
);

/** Reads a broker's configuration and describes it as a lab file. Throws a LabError where it cannot become one. */
export async function importBroker(files: HostFiles, { name, place, ...reach }: ImportTarget): Promise<Imported> {
  const found = sortOptions(await readConf(files));
  const settings = settingsOf(found.options);
  const isExternal = 'external' in place;
  const secured = found.listeners.filter((listener) => kindOf(listener).hasTls);
  const cas = new Map<FoundListener, CaFound>();
  if (isExternal) for (const listener of secured) cas.set(listener, await findCa(files, listener));
  const ports = listenersOf(found.listeners, {
    ...{ ...reach, isExternal },
    howToVerify: (listener, written) =>
      verifyTls(written, cas.get(listener) ?? { issuer: undefined }, isExternal ? place.from : undefined),
  });
  const limits = listenerOptions(ports.kept);
  const acl = await aclIn(files, settings.aclFile);
  const reached = ports.listeners.filter(({ bind }) => reach.isHere || bind === undefined);
  const people = peopleOf(await namedFile(files, settings.passwordFile), acl?.rules ?? [], reached);
  if (people.users.size === 0) throw cannot('it has no user that lab.yaml can have', NO_USERS);
  const users = [...people.users.keys()];
  const rights = acl === undefined ? UNLIMITED : rightsOf(acl.rules, users);
  const ofConf = [...(found.isLocalOnly ? [LOCAL_ONLY] : []), ...settings.notes, ...ports.notes, ...limits.notes];
  const notes = [...ofConf, ...people.notes, ...inOrder([...(acl?.notes ?? []), ...rights.notes])];
  const own = { maxKeepAlive: settings.maxKeepAlive, options: new Map([...settings.options, ...limits.options]) };
  const text = labYaml({
    name,
    broker: isExternal
      ? filled({ host: 'external', address: place.external, ...portsOf(ports, cas.size > 0), software: place.software })
      : filled({ host: place.host, ...portsOf(ports, false), ...own }),
    users: people.users,
    ...grouped(rights.topics, users),
    advice: isExternal ? EXTERNAL : TAKE_OVER,
    notes,
  });
  return { text, notes };
}

/** Undefined: Mosquitto lets every user do everything. */
async function aclIn(files: HostFiles, option: Option | undefined) {
  const file = await namedFile(files, option);
  return file === undefined ? undefined : parseAcl(file);
}

function inOrder(notes: readonly Note[]): Note[] {
  return notes.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0));
}

/** One plain listener on every address is `port`, unless a note asks to add another. */
function portsOf({ listeners }: Listeners, isIncomplete: boolean) {
  const [first] = listeners;
  const isPlain = !isIncomplete && listeners.length === 1 && first !== undefined && Object.keys(first).length === 1;
  return isPlain ? { port: first.port } : { listeners };
}

/** Without what is undefined or empty. */
function filled(entries: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isEmpty = (value: unknown) => value === undefined || (value instanceof Map && value.size === 0);
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => !isEmpty(value)));
}

/** The file that an option names. */
async function namedFile(files: HostFiles, option: Option | undefined): Promise<SourceFile | undefined> {
  if (option === undefined) return undefined;
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
