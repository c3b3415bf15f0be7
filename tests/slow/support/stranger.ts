import { execFile, spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { DebianRelease } from '../../../lab-file/lab.ts';
import { baseTag } from '../../../provisioning/docker/base-image.ts';
import { containerName } from '../../../provisioning/docker/container-state.ts';
import { LAB } from '../../../provisioning/docker/labels.ts';
import { container, engine } from '../../lab/support/container.ts';
import { labName, testImage } from '../../lab/support/run.ts';
import { PROJECT } from '../../suite/child.ts';
import { sweepLabs } from '../../suite/leftovers.ts';

/** A machine with Debian, this machine's Node and npm, the user sam who may use sudo, and nothing of this project. */
export type Stranger = AsyncDisposable & {
  /** Puts what a tar archive holds into a folder. */
  put(archive: NodeJS.ReadableStream, folder: string): Promise<void>;
  root(script: string): Promise<string>;
  /** As sam; both output streams. */
  sam(script: string): Promise<string>;
};

const DEBIAN: DebianRelease = 12;
const BOUND_MS = 300_000;
const USER = `useradd --create-home --shell /bin/bash sam && echo 'sam ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/sam`;
const run = promisify(execFile);

export async function openStranger(): Promise<Stranger> {
  await testImage('base', DEBIAN);
  const docker = await engine();
  const lab = labName('stranger');
  const name = containerName(lab, 'stranger');
  const created = await docker.createContainer({
    name,
    Image: baseTag({ debian: DEBIAN }),
    Cmd: ['sleep', 'infinity'],
    Labels: { [LAB]: lab },
  });
  await created.start();
  const put = async (archive: NodeJS.ReadableStream, folder: string) => {
    await created.putArchive(archive, { path: folder });
  };
  const root = (script: string) => container(name).shell(script, BOUND_MS);
  // Node and npm are below one folder, such as /usr, wherever they come from
  const prefix = path.resolve(path.dirname(process.execPath), '..');
  await put(archiveOf(prefix, ['bin/node', 'bin/npm', 'bin/npx', 'lib/node_modules/npm']), '/usr/local');
  await root(USER);
  return {
    put,
    root,
    sam: (script) => root(`su --login sam <<'END_OF_SCRIPT' 2>&1\nset -e\n${script}\nEND_OF_SCRIPT`),
    async [Symbol.asyncDispose]() {
      await sweepLabs(docker, (other) => other === lab);
    },
  };
}

/** These files and folders below a folder as a tar archive. */
export function archiveOf(folder: string, names: readonly string[]): NodeJS.ReadableStream {
  return spawn('tar', ['-C', folder, '-cf', '-', ...names], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout;
}

/** Packs a package, or this project, into a folder; returns the archive's file name. */
export async function packed(what: string | undefined, folder: string): Promise<string> {
  const words = ['pack', ...(what === undefined ? [] : [what]), '--silent', '--pack-destination', folder];
  const { stdout } = await run('npm', words, { cwd: PROJECT, timeout: BOUND_MS });
  return stdout.trim().split('\n').at(-1) ?? '';
}

/** The names of the files in an archive. */
export async function filesIn(archive: string): Promise<string[]> {
  const { stdout } = await run('tar', ['-tzf', archive]);
  return stdout.trim().split('\n');
}
