import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname, resolve } from 'node:path';
import { CALLED_AS } from '../base/called-as.ts';
import { errorCode, InputError } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';
import { cardFile } from './card-file.ts';
import type { LabDocument, Located } from './document.ts';
import { readDocument } from './document.ts';
import { draftOf } from './draft.ts';
import { parseSoftware } from './forms.ts';
import type {
  BrokerTls,
  ContainerPlace,
  EmulatedPlace,
  ExternalPlace,
  Lab,
  Listener,
  LocalPlace,
  SshPlace,
  User,
} from './lab.ts';
import { plainListener } from './listeners.ts';
import type { Mistake } from './mistake.ts';
import type { Environment, Passwords } from './passwords.ts';
import { resolvePasswords } from './passwords.ts';
import { isReadableFile, placeOf } from './paths.ts';
import { repositoryOf } from './repository.ts';
import { rulesOf } from './rights.ts';
import { checkRules } from './rules.ts';
import type { LabShape } from './schema.ts';
import { checkShape } from './shape.ts';
import { keyOfFile } from './signing-key.ts';
import { parseSshUrl } from './ssh-url.ts';
import type { Interfaces } from './subnet.ts';
import { topicsOf } from './topics.ts';

/** How to read a lab file; the first two are this process's and this machine's by default. */
export type ReadOptions = {
  readonly environment?: Environment;
  readonly interfaces?: Interfaces;
  /** Where false, the lab has no users, and missing passwords and keys are not mistakes. @default true */
  readonly logsIn?: boolean;
  /** The Pi for which the command makes a card: its passwords must be there, and only its Wi-Fi password is read. */
  readonly cardOf?: string | undefined;
};

/**
 * Reads and checks a lab file. Removes the variables that hold passwords from the environment, so read it once a process.
 * @param file path as the user gave it; each mistake starts with it
 * @throws {InputError} all mistakes, sorted, each `FILE:LINE:COLUMN: what is wrong; what is allowed`, without any password
 */
export function readLab(
  file: string,
  { environment = process.env, interfaces = networkInterfaces(), logsIn = true, cardOf }: ReadOptions = {},
): Lab {
  const path = resolve(file);
  const directory = dirname(path);
  const document = readDocument(readText(file));
  if (document.broken.length > 0) throw new InputError(lines(file, document.broken));

  const draft = draftOf(document.value);
  const shape = checkShape(document.value);
  const passwords = resolvePasswords(draft, directory, { environment, cardOf });
  const isFile = (written: string) => !logsIn || isReadableFile(placeOf(written, directory));
  const keyFault = (written: string) => {
    const key = logsIn ? keyOfFile(placeOf(written, directory)) : undefined;
    return key !== undefined && 'wrong' in key ? key.wrong : undefined;
  };
  const isOfCard = ({ path: [part, pi] }: Mistake) => part === 'pis' && pi === cardOf;
  const found = [
    ...shape.mistakes,
    ...checkRules(draft, { interfaces, isFile, keyFault }),
    ...(logsIn ? passwords.mistakes.users : []),
    ...passwords.mistakes.hosts.filter((mistake) => logsIn || isOfCard(mistake)),
    ...passwords.mistakes.wifi,
  ];
  const all = [...document.mistakes, ...found.map((mistake) => located(mistake, document))];
  if (all.length > 0 || shape.lab === undefined) throw new InputError(lines(file, all));
  return complete(shape.lab, path, directory, { passwords, logsIn });
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') {
      throw new InputError([
        `${file}: does not exist; change to its folder, name it with --lab FILE, or write one with ${CALLED_AS} init`,
      ]);
    }
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new InputError([`${file}: is not UTF-8 text; save it as UTF-8`]);
    throw new InputError([
      `${file}: can't be read (${code}); check that you may read it, or name another file with --lab FILE`,
    ]);
  }
}

function located({ path, at, text }: Mistake, { locate }: LabDocument): Located {
  return { position: locate(path, at), text };
}

function lines(file: string, mistakes: readonly Located[]): string[] {
  const sorted = mistakes.toSorted(({ position: a }, { position: b }) => a.line - b.line || a.column - b.column);
  return [...new Set(sorted.map(({ position: { line, column }, text }) => `${file}:${line}:${column}: ${text}`))];
}

type LogIn = { readonly passwords: Passwords; readonly logsIn: boolean };

function complete(shape: LabShape, file: string, directory: string, { passwords, logsIn }: LogIn): Lab {
  const { name, broker, pis, containers } = shape;
  const users = logsIn ? usersOf(shape, directory, passwords) : [];
  const rules = rulesOf(shape);
  const listeners = broker.listeners?.map(listenerOf) ?? [plainListener(broker.port)];
  return {
    name,
    file,
    directory,
    broker: {
      host: brokerPlace(broker, directory, passwords.hosts.get('broker')),
      address: broker.address,
      port: listeners[0]?.port ?? broker.port,
      listeners,
      tls: tlsOf(broker.tls, directory),
      maxKeepAlive: broker.maxKeepAlive,
      software: broker.software === undefined ? undefined : parseSoftware(broker.software),
      options: Object.entries(broker.options).map(([option, value]) => ({ name: option, value })),
    },
    pis: Object.entries(pis).map(([pi, machine]) => ({
      name: pi,
      host: withCardKey(
        piPlace(machine, directory, passwords.hosts.get(pi)),
        cardFile({ directory, name }, pi, 'login'),
      ),
      repository: repositoryOf(machine.repository, directory),
      reboot: machine.reboot,
      ...(machine.wifi === undefined ? {} : { wifi: { ...machine.wifi, password: passwords.wifi.get(pi) } }),
    })),
    users,
    groups: Object.entries(shape.groups).map(([group, members]) => ({ name: group, users: members })),
    rules,
    topics: topicsOf({ users, rules }),
    containers: { debian: containers.debian, subnet: containers.subnet },
  };
}

function usersOf({ users }: LabShape, directory: string, passwords: Passwords): User[] {
  return Object.entries(users).map(([name, { certificate }]) => ({
    name,
    password: passwords.users.get(name),
    ...(certificate === false ? {} : { certificate: certificate === true ? 'lab' : placesOf(certificate, directory) }),
  }));
}

function placesOf({ certificate, key }: { certificate: string; key: string }, directory: string) {
  return { certificate: placeOf(certificate, directory), key: placeOf(key, directory) };
}

function listenerOf({ tls, ...listener }: NonNullable<LabShape['broker']['listeners']>[number]): Listener {
  return { ...listener, tls };
}

function tlsOf({ certificate, key, ca, revoke }: LabShape['broker']['tls'], directory: string): BrokerTls {
  const place = (file: string | undefined) => (file === undefined ? undefined : placeOf(file, directory));
  const own =
    ca === undefined ? undefined : { certificate: place(certificate), key: place(key), ca: placeOf(ca, directory) };
  // openssl and Node write a serial number with and without colons, in both cases
  return { own, revoke: revoke.map((serial) => serial.replaceAll(':', '').toLowerCase()) };
}

type Machine = LabShape['pis'][string];

function brokerPlace(
  broker: LabShape['broker'],
  directory: string,
  password: Secret | undefined,
): LocalPlace | ContainerPlace | SshPlace | ExternalPlace {
  if (broker.host === 'local') return { kind: 'local' };
  if (broker.host === 'external') return { kind: 'external' };
  return remotePlace(broker, directory, password);
}

function piPlace(pi: Machine, directory: string, password: Secret | undefined): EmulatedPlace | SshPlace {
  const place = remotePlace(pi, directory, password);
  return place.kind === 'container' ? { ...place, architecture: pi.architecture } : place;
}

function withCardKey<Place extends EmulatedPlace | SshPlace>(place: Place, cardKey: string): Place {
  return place.kind === 'ssh' && isReadableFile(cardKey) ? { ...place, cardKey } : place;
}

function remotePlace(
  { host, identity, hostKey }: Pick<Machine, 'host' | 'identity' | 'hostKey'>,
  directory: string,
  password: Secret | undefined,
): ContainerPlace | SshPlace {
  const target = parseSshUrl(host);
  if ('wrong' in target) return { kind: 'container' };
  return { kind: 'ssh', ...target, identity: identity && placeOf(identity, directory), hostKey, password };
}
