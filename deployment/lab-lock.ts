import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, type FileHandle, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import process from 'node:process';
import * as z from 'zod';
import { PROGRAM } from '../base/called-as.ts';
import { LabError } from '../base/errors.ts';
import type { ReportProgress } from '../base/progress.ts';
import type { Lab } from '../lab-file/lab.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { hasEnded } from '../provisioning/hosts/local-process.ts';

/** In seconds: packages and base images may come over a slow network. */
const WAIT_S = 900;
/** Our choice of flock(1)'s exit code where another process has the lock. */
const TAKEN = 75;

/** What the lock file says about the process that holds the lab. */
const holderSchema = z.object({ pid: z.int(), command: z.string(), since: z.string() });

type LockedLab = Pick<Lab, 'directory' | 'name'>;

/**
 * Locks a lab, so that no other run changes it, until disposed of; reports which run it waits for. The lock is the
 * kernel's and ends with this process (flock(2)). The file `.lab/locks/NAME` only says whose it is, so a file that a
 * killed run left is no lock. Throws a LabError when the lab is not free within `waitS` seconds.
 */
export async function holdLab(
  lab: LockedLab,
  report: ReportProgress,
  signal: AbortSignal,
  waitS = WAIT_S,
): Promise<AsyncDisposable> {
  const trouble = troubleOf(lab, 'lock the lab');
  const deadline = Date.now() + waitS * 1000;
  let hasReported = false;
  return await held(lab, 'locks', async (handle, file) => {
    if (await lock(handle, 0, signal, trouble)) return;
    if (!hasReported)
      report({
        host: lab.name,
        kind: 'note',
        text: `${await holderOf(file)} is changing this lab; waiting until it ends`,
      });
    hasReported = true;
    if (await lock(handle, Math.ceil((deadline - Date.now()) / 1000), signal, trouble)) return;
    const advice = 'wait until it ends, or end it with Ctrl-C, then run the command again';
    throw trouble(`${await holderOf(file)} is still changing this lab after ${waitS} s`, advice);
  });
}

/** Locks the live view of a lab, which other commands do not wait for. Throws a LabError where another process shows one. */
export async function holdLiveView(lab: LockedLab, signal: AbortSignal): Promise<AsyncDisposable> {
  const trouble = troubleOf(lab, 'open the live view');
  return await held(lab, 'live-locks', async (handle, file) => {
    if (await lock(handle, 0, signal, trouble)) return;
    throw trouble(`${await holderOf(file)} shows this lab`, 'use its page, or end it with Ctrl-C');
  });
}

type MakeTrouble = (happened: string, advice?: string) => LabError;

function troubleOf({ name }: LockedLab, step: string): MakeTrouble {
  return (happened, advice) => new LabError({ subject: name, step, happened, advice }, 'could-not-run');
}

/** Opens the lab's lock file in this folder of `.lab/` for `take`, which throws where it does not get the lock. */
async function held(
  lab: LockedLab,
  folder: string,
  take: (handle: FileHandle, file: string) => Promise<void>,
): Promise<AsyncDisposable> {
  const file = privateFolder(lab, folder, lab.name);
  await mkdir(privateFolder(lab, folder), { recursive: true, mode: 0o700 });
  await chmod(privateFolder(lab), 0o700);
  for (;;) {
    const handle = await open(file, 'a+', 0o600);
    try {
      await take(handle, file);
      // the process that had the lock has removed its file
      if (await isStill(file, handle)) return await noted(file, handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
  }
}

/**
 * Whether this process has the lock now. flock(1) locks a file descriptor that it inherits. The lock belongs to the open
 * file (flock(2)), so it stays when flock(1) ends.
 */
async function lock(handle: FileHandle, waitS: number, signal: AbortSignal, trouble: MakeTrouble): Promise<boolean> {
  const bound = waitS > 0 ? ['--timeout', String(waitS)] : ['--nonblock'];
  const child = spawn('flock', [...bound, '--conflict-exit-code', String(TAKEN), '3'], {
    stdio: ['ignore', 'ignore', 'ignore', handle.fd],
  });
  const onAbort = () => child.kill();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const [code] = await once(child, 'exit');
    if (signal.aborted) throw trouble('interrupted');
    if (code === 0 || code === TAKEN) return code === 0;
    throw trouble(
      `flock ended with exit code ${code}`,
      'check that the folder of the lab file is on a file system that supports locks',
    );
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw trouble(`flock: ${error instanceof Error ? error.message : error}`, 'install util-linux');
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function isStill(file: string, handle: FileHandle): Promise<boolean> {
  const there = await stat(file).catch(() => undefined);
  return there?.ino === (await handle.stat()).ino;
}

async function noted(file: string, handle: FileHandle): Promise<AsyncDisposable> {
  const command = [PROGRAM, ...process.argv.slice(2)].join(' ');
  await handle.truncate();
  await handle.write(JSON.stringify({ pid: process.pid, command, since: new Date().toISOString() }));
  return {
    async [Symbol.asyncDispose]() {
      // before the lock is free, so that a file without a lock means a killed run
      await rm(file, { force: true });
      await handle.close();
    },
  };
}

/** The file may still be that of an earlier run, just after another one has the lock. */
async function holderOf(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const { data } = holderSchema.safeParse(jsonOf(text));
  if (data === undefined || hasEnded(data.pid)) return 'another run';
  const since = data.since.replace(/T(.*)\..*/, ' $1 UTC');
  return `process ${data.pid} (${data.command}, since ${since})`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
