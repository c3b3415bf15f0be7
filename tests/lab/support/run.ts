import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { DebianRelease } from '../../../lab-file/lab.ts';
import { imageNote, RUN_FOLDER, RUN_NAME, runName, type TestImage } from '../../suite/run.ts';
import { until } from './until.ts';

/** Debian is bootstrapped in less than a minute on an idle machine; the images are made one after the other. */
const IMAGE_MS = 280_000;

/** Name of a test's lab. It begins with the name of the run, or of an AVA that was started by hand. */
export function labName(word: string): string {
  return `${testRun()}-${word}`;
}

export function testRun(): string {
  return process.env[RUN_NAME] ?? runName(process.ppid);
}

/** A folder of its own for a lab file and what a lab keeps beside it. */
export async function labFolder(word: string): Promise<string> {
  const parent = process.env[RUN_FOLDER] ?? tmpdir();
  await mkdir(parent, { recursive: true });
  return await mkdtemp(path.join(parent, `${word}-`));
}

/** Waits for an image that `npm test` makes; throws with the reason when it fails. Returns false without `npm test`, where `up` makes it. */
export async function testImage(image: TestImage, debian: DebianRelease): Promise<boolean> {
  const folder = process.env[RUN_FOLDER];
  if (folder === undefined) return false;
  const note = await until(`the ${image} image of Debian ${debian}`, IMAGE_MS, async () => {
    return await readFile(imageNote(folder, image, debian), 'utf8').catch(() => undefined);
  });
  if (note !== '') throw new Error(`no ${image} image of Debian ${debian}: ${note}`);
  return true;
}
