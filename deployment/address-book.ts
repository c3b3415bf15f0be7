import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import * as z from 'zod';
import { errorCode, LabError } from '../base/errors.ts';
import type { Lab } from '../lab-file/lab.ts';
import { privateFolder, writePrivate } from '../lab-file/private-folder.ts';
import type { HostAddress } from '../provisioning/hosts/open.ts';

/** A host, not a container, that the lab has changed: its name in the lab, and how to reach it. */
export type ManagedHost = { readonly name: string; readonly host: HostAddress };

/** Whose address book it is. */
export type BookOwner = Pick<Lab, 'directory' | 'name'>;

const bookSchema = z.object({
  hosts: z.array(
    z.object({
      name: z.string(),
      host: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('local') }),
        z.object({
          kind: z.literal('ssh'),
          user: z.string().optional(),
          address: z.string(),
          port: z.number().optional(),
          identity: z.string().optional(),
          hostKey: z.string().optional(),
          cardKey: z.string().optional(),
        }),
      ]),
    }),
  ),
});

/** The hosts that the lab has changed and not restored yet. Throws a LabError for an address book that cannot be read. */
export async function managedHosts(lab: BookOwner): Promise<readonly ManagedHost[]> {
  const file = bookFile(lab);
  try {
    return bookSchema.parse(JSON.parse(await readFile(file, 'utf8'))).hosts.map(withoutSecrets);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    const why =
      error instanceof SyntaxError
        ? 'it is not JSON'
        : error instanceof z.ZodError
          ? 'its format is unknown'
          : String(error);
    const happened = `cannot read ${file}: ${why}`;
    const advice = 'remove it; the lab finds the hosts of the lab file without it';
    throw new LabError({ subject: lab.name, step: 'read the address book', happened, advice }, 'could-not-run');
  }
}

/** Records hosts, without passwords; to be called before the lab's first change to them. */
export async function addManagedHosts(lab: BookOwner, hosts: readonly ManagedHost[]): Promise<void> {
  const known = await managedHosts(lab);
  const added = hosts.filter((host) => !known.some((other) => other.name === host.name && isSameHost(other, host)));
  if (added.length > 0)
    await write(lab, [...known.filter((other) => !added.some((host) => isSameHost(other, host))), ...added]);
}

export async function forgetManagedHosts(lab: BookOwner, hosts: readonly ManagedHost[]): Promise<void> {
  const known = await managedHosts(lab);
  const left = known.filter((other) => !hosts.some((host) => isSameHost(other, host)));
  if (left.length < known.length) await write(lab, left);
}

/** The hosts of the lab file that belong in the address book: a container is removed as a whole. */
export function labFileHosts({ broker, pis }: Pick<Lab, 'broker' | 'pis'>): readonly ManagedHost[] {
  return [{ name: 'broker', host: broker.host }, ...pis].flatMap(({ name, host }): ManagedHost[] =>
    host.kind === 'local' || host.kind === 'ssh' ? [{ name, host }] : [],
  );
}

/** Compares addresses: one host may have several, which moved-hosts.ts finds out. */
export function isSameHost(
  { host: one }: Pick<ManagedHost, 'host'>,
  { host: other }: Pick<ManagedHost, 'host'>,
): boolean {
  if (one.kind === 'local' || other.kind === 'local') return one.kind === other.kind;
  return one.address === other.address && one.port === other.port;
}

function bookFile(lab: BookOwner): string {
  return privateFolder(lab, 'hosts', `${lab.name}.json`);
}

async function write(lab: BookOwner, hosts: readonly ManagedHost[]): Promise<void> {
  const file = bookFile(lab);
  if (hosts.length === 0) return await rm(file, { force: true });
  await mkdir(privateFolder(lab, 'hosts'), { recursive: true, mode: 0o700 });
  await chmod(privateFolder(lab), 0o700);
  const staged = `${file}.new`;
  await rm(staged, { force: true });
  await writePrivate(staged, `${JSON.stringify({ hosts: hosts.map(withoutSecrets) }, undefined, 2)}\n`);
  await rename(staged, file);
}

/** Also gives keys that the file lacks, with the value undefined. */
function withoutSecrets({ name, host }: z.output<typeof bookSchema>['hosts'][number] | ManagedHost): ManagedHost {
  if (host.kind === 'local') return { name, host };
  const { kind, user, address, port, identity, hostKey, cardKey } = host;
  return { name, host: { kind, user, address, port, identity, hostKey, ...(cardKey && { cardKey }) } };
}
