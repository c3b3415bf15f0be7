import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, type FileHandle, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import process from 'node:process';
import * as z from 'zod';
import { LabError } from '../base/errors.ts';
import type { ReportProgress } from '../base/progress.ts';
import type { Lab } from '../lab-file/lab.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { hasEnded } from '../provisioning/hosts/local-process.ts';

/** How long a run waits for another one of the same lab, in seconds: packages and base images may come over a slow network. */
const WAIT_S = 900;
/** Exit code of flock(1), chosen here, where another process has the lock. */
const TAKEN = 75;

/** What the file says of the run that holds the lab. */
const holderSchema = z.object({ pid: z.int(), command: z.string(), since: z.string() });

/**
 * Holds a lab against other runs that would change it, until disposed of. Where another run has it, tells which and waits. The kernel keeps the lock and
 * frees it with this process, however that ends (flock(2)); the file, `.lab/locks/NAME`, only tells whose it is, so what a killed run left is no obstacle.
 * Throws a LabError with exit code 2 where the lab does not become free within `waitS` seconds, or the signal comes first.
 */
export async function holdLab(
  lab: Pick<Lab, 'directory' | 'name'>,
  report: ReportProgress,
  signal: AbortSignal,
  waitS = WAIT_S,
): Promise<AsyncDisposable> {
  const file = privateFolder(lab, 'locks', lab.name);
  await mkdir(privateFolder(lab, 'locks'), { recursive: true, mode: 0o700 });
  await chmod(privateFolder(lab), 0o700);
  const trouble = (happened: string, advice?: string) =>
    new LabError({ subject: lab.name, step: 'hold the lab', happened, advice }, 'could-not-run');
  const deadline = Date.now() + waitS * 1000;
  for (let hasTold = false; ; ) {
    const handle = await open(file, 'a+', 0o600);
    try {
      let isHeld = await lock(handle, 0, signal, trouble);
      if (!isHeld) {
        const holder = await holderOf(file);
        if (!hasTold)
          report({ host: lab.name, kind: 'note', text: `${holder} is changing this lab; waiting for its end` });
        hasTold = true;
        isHeld = await lock(handle, Math.ceil((deadline - Date.now()) / 1000), signal, trouble);
      }
      if (!isHeld) {
        const advice = 'wait for its end, or end it (Ctrl-C there), then run the command again';
        throw trouble(`${await holderOf(file)} is still changing this lab after ${waitS} s`, advice);
      }
      // whoever had it has removed the file with it
      if (await isStill(file, handle)) return await noted(file, handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
  }
}

/**
 * Whether this process has the lock now. It belongs to the open file, not to the process that asked for it (flock(2)), so flock(1), which every Debian
 * has, takes it on a file descriptor that it inherits, and it stays when flock(1) has ended.
 */
async function lock(
  handle: FileHandle,
  waitS: number,
  signal: AbortSignal,
  trouble: (happened: string, advice?: string) => LabError,
): Promise<boolean> {
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
      'see that the folder of the lab file is on a file system with locks',
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
  const command = ['./lab', ...process.argv.slice(2)].join(' ');
  await handle.truncate();
  await handle.write(JSON.stringify({ pid: process.pid, command, since: new Date().toISOString() }));
  return {
    async [Symbol.asyncDispose]() {
      // before the lock is free: a file that is there without a lock is a killed run's
      await rm(file, { force: true });
      await handle.close();
    },
  };
}

/** In words. For a moment after it has taken the lock, the file is still that of an earlier run. */
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
