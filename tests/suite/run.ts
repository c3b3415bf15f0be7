import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { DEBIAN_SUITES, type DebianRelease } from '../../lab-file/lab.ts';

/** Environment variables that give the test files the run's folder and name. */
export const RUN_FOLDER = 'MQTT_LAB_TEST_FOLDER';
export const RUN_NAME = 'MQTT_LAB_TEST_RUN';

/**
 * One run of `npm test`. Its labs are named NAME-WORD, and its processes have the folder in their environment as the place for
 * temporary files. So the run recognizes what it left behind.
 */
export type Run = {
  readonly name: string;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
};

const FOLDER = 'mqtt-lab-test-';

export const RELEASES: readonly DebianRelease[] = [12, 13];

/** Name of the run with this process id; the names of its labs begin with it. */
export function runName(pid: number): string {
  return `test-${pid}`;
}

/** Process id in the name of a test's lab; undefined for any other lab. */
export function runPid(lab: string): number | undefined {
  const pid = /^test-([1-9]\d*)-./.exec(lab)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

export async function openRun(): Promise<Run> {
  const folder = await mkdtemp(path.join(tmpdir(), `${FOLDER}${process.pid}-`));
  const name = runName(process.pid);
  return { name, folder, env: { ...process.env, TMPDIR: folder, [RUN_FOLDER]: folder, [RUN_NAME]: name } };
}

/** Folders of earlier runs, with the process id of each. */
export async function runFolders(): Promise<{ folder: string; pid: number }[]> {
  const names = await readdir(tmpdir());
  return names.flatMap((name) => {
    const pid = name.startsWith(FOLDER) ? Number.parseInt(name.slice(FOLDER.length), 10) : 0;
    return pid > 0 ? [{ folder: path.join(tmpdir(), name), pid }] : [];
  });
}

/** Images that tests wait for: Debian alone, or with the packages of a lab's hosts. */
export type TestImage = 'base' | 'installed';

/** The lab that keeps a run's images. */
export function keeperLab({ name }: Pick<Run, 'name'>): string {
  return `${name}-keeper`;
}

/** File that appears when an image is ready; it holds the reason where the image failed. */
export function imageNote(folder: string, image: TestImage, debian: DebianRelease): string {
  return path.join(folder, `image-${image}-${DEBIAN_SUITES[debian]}`);
}

export async function noteImage({ folder }: Run, image: TestImage, debian: DebianRelease, failure = ''): Promise<void> {
  await writeFile(imageNote(folder, image, debian), failure);
}

/** Removes the run's folder. Returns what the tests left there, apart from the notes. */
export async function closeRun({ folder }: Run): Promise<string[]> {
  const names = await readdir(folder);
  await rm(folder, { recursive: true, force: true });
  return names.filter((name) => !name.startsWith('image-')).map((name) => `folder ${path.join(folder, name)}`);
}
