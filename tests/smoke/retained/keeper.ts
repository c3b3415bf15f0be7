import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { LabError } from '../../../provisioning/errors.ts';
import type { Lab } from '../../../provisioning/lab-file/lab.ts';
import { privateFolder, writePrivate } from '../../../provisioning/private-folder.ts';
import { PROCESS_MARK } from '../support/nonce.ts';

/** A retained message as a subscriber was served it; properties in the recorder's texts. */
export type Kept = {
  readonly payload: Buffer;
  readonly qos: number;
  readonly properties?: readonly string[];
};

/** What a run has noted of a topic whose retained message it changes: the message before, and how to know its own. */
export type Note = { readonly mark: string; readonly kept: Kept | undefined };

/** The one file that keeps what is retained on a topic while checks change it; only this user can read it. */
export type Keeper = {
  readonly file: string;
  /** What a run left behind that ended before it had restored; undefined: nothing. */
  readonly left: Note | undefined;
  /** To be called, and awaited, before anything is changed. */
  keep(kept: Kept | undefined): Promise<void>;
  /** When what was kept is there again. */
  drop(): Promise<void>;
};

/** Process ids are given anew, after a reboot above all: no run is under way for so long. */
const LONGEST_RUN_MS = 15 * 60_000;

/** Takes the topic for this process; throws a LabError where another run has it, or where its file can't be read. */
export async function openKeeper(lab: Pick<Lab, 'directory'>, place: string, topic: string): Promise<Keeper> {
  const folder = privateFolder(lab, 'retained');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `${createHash('sha256').update(place).digest('hex').slice(0, 16)}.json`);
  const write = (name: string, kept?: Kept | null) => writePrivate(name, text(topic, kept));
  const left = await take(file, topic, write);
  return {
    file,
    left,
    async keep(kept) {
      // whole or not at all, also when the power fails
      const staged = `${file}.new`;
      await rm(staged, { force: true });
      await write(staged, kept ?? null);
      await rename(staged, file);
    },
    drop: () => rm(file, { force: true }),
  };
}

/** Another run may end between two looks at its file. */
const LOOKS = 3;

/** Makes the file; where it is there already, gives what a run left in it that ended before it had restored. */
async function take(file: string, topic: string, write: (name: string) => Promise<void>): Promise<Note | undefined> {
  for (let looks = 1; ; looks += 1) {
    try {
      await write(file);
      return undefined;
    } catch (error) {
      if (!isError(error, 'EEXIST')) throw error;
    }
    const written = await readFile(file, 'utf8').catch((error: unknown) => {
      if (isError(error, 'ENOENT')) return looks < LOOKS ? undefined : '';
      throw error;
    });
    if (written !== undefined) return await leftIn(written, file, topic);
  }
}

/** What another run wrote; of a run that has changed nothing yet, nothing. */
async function leftIn(written: string, file: string, topic: string): Promise<Note | undefined> {
  const step = `keep the retained message of ${topic}`;
  // loaded only here: hardly any run finds such a file
  const { parsed } = await import('./note.ts');
  const content = parsed(written);
  if (content === undefined) {
    const happened = `${file} can't be read`;
    const advice = 'look whether another verify is under way; if not, remove the file';
    throw new LabError({ subject: 'verify', step, happened, advice }, 1);
  }
  const { pid, at, mark, kept } = content;
  if (pid !== process.pid && Date.now() - at < LONGEST_RUN_MS && isAlive(pid)) {
    const happened = `another run (process ${pid}) is changing it`;
    throw new LabError({ subject: 'verify', step, happened, advice: `wait for its end, or remove ${file}` }, 1);
  }
  if (kept === undefined) return undefined;
  return { mark, kept: kept === null ? undefined : { ...rest(kept), payload: Buffer.from(kept.payload, 'base64') } };
}

function rest({ qos, properties }: { qos: number; properties?: string[] | undefined }): Omit<Kept, 'payload'> {
  return { qos, ...(properties === undefined ? {} : { properties }) };
}

function text(topic: string, kept: Kept | null | undefined): string {
  const noted = kept ? { ...kept, payload: kept.payload.toString('base64') } : kept;
  return `${JSON.stringify({ pid: process.pid, at: Date.now(), mark: PROCESS_MARK, topic, kept: noted }, null, 2)}\n`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // it is there, and somebody else's
    return isError(error, 'EPERM');
  }
}

function isError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
