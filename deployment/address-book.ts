import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import * as z from 'zod';
import { LabError } from '../base/errors.ts';
import type { Lab } from '../lab-file/lab.ts';
import { privateFolder, writePrivate } from '../lab-file/private-folder.ts';
import type { HostAddress } from '../provisioning/hosts/open.ts';

/** A machine that the lab has touched and that is no container: what it was in the lab, and where it is. */
export type Visit = { readonly name: string; readonly host: HostAddress };

type Place = Pick<Lab, 'directory' | 'name'>;

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
        }),
      ]),
    }),
  ),
});

/** The lab's address book, `.lab/hosts/NAME.json`: it tells where to look, and nothing of what is there. */
function bookFile(lab: Place): string {
  return privateFolder(lab, 'hosts', `${lab.name}.json`);
}

/** The machines that the lab has touched and not given back. Throws a LabError with exit code 2 for a book that can't be read. */
export async function visited(lab: Place): Promise<readonly Visit[]> {
  const file = bookFile(lab);
  try {
    return bookSchema.parse(JSON.parse(await readFile(file, 'utf8'))).hosts.map(entry);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    const happened = `${file} can't be read: ${error instanceof SyntaxError ? 'it is no JSON' : error instanceof z.ZodError ? 'it has another form' : String(error)}`;
    const advice = 'remove it; hosts that are in the lab file are found without it';
    throw new LabError({ subject: lab.name, step: 'read the address book', happened, advice }, 'could-not-run');
  }
}

/** Writes down machines before the lab's first change on them; their passwords are not written down. */
export async function addVisits(lab: Place, visits: readonly Visit[]): Promise<void> {
  const known = await visited(lab);
  const added = visits.filter((visit) => !known.some((other) => other.name === visit.name && isSameHost(other, visit)));
  if (added.length > 0)
    await write(lab, [...known.filter((other) => !added.some((visit) => isSameHost(other, visit))), ...added]);
}

export async function forgetVisits(lab: Place, visits: readonly Visit[]): Promise<void> {
  const known = await visited(lab);
  const left = known.filter((other) => !visits.some((visit) => isSameHost(other, visit)));
  if (left.length < known.length) await write(lab, left);
}

/** Whether two visits were to one machine, as far as its address tells. */
export function isSameHost({ host: one }: Pick<Visit, 'host'>, { host: other }: Pick<Visit, 'host'>): boolean {
  if (one.kind === 'local' || other.kind === 'local') return one.kind === other.kind;
  return one.address === other.address && one.port === other.port;
}

async function write(lab: Place, hosts: readonly Visit[]): Promise<void> {
  const file = bookFile(lab);
  if (hosts.length === 0) return await rm(file, { force: true });
  await mkdir(privateFolder(lab, 'hosts'), { recursive: true, mode: 0o700 });
  await chmod(privateFolder(lab), 0o700);
  const staged = `${file}.new`;
  await rm(staged, { force: true });
  await writePrivate(staged, `${JSON.stringify({ hosts: hosts.map(entry) }, undefined, 2)}\n`);
  await rename(staged, file);
}

/** What is written down of a visit: all but secrets; and a key that is not in the book as one without a value. */
function entry({ name, host }: z.output<typeof bookSchema>['hosts'][number] | Visit): Visit {
  if (host.kind === 'local') return { name, host };
  const { kind, user, address, port, identity, hostKey } = host;
  return { name, host: { kind, user, address, port, identity, hostKey } };
}
