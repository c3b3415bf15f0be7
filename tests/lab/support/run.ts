import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { DebianRelease } from '../../../lab-file/lab.ts';
import { baseNote, RUN_FOLDER, RUN_NAME, runName } from '../../suite/run.ts';
import { until } from './until.ts';

/** A base image is bootstrapped in less than a minute on an idle machine; both are made, one after the other. */
const BASE_IMAGE_MS = 280_000;

/** Name of a test's lab, which tells whose it is: the run's, or of AVA called by hand. */
export function labName(word: string): string {
  return `${process.env[RUN_NAME] ?? runName(process.ppid)}-${word}`;
}

/** A folder of its own for a lab file and what a lab keeps beside it. */
export async function labFolder(word: string): Promise<string> {
  const parent = process.env[RUN_FOLDER] ?? tmpdir();
  await mkdir(parent, { recursive: true });
  return await mkdtemp(path.join(parent, `${word}-`));
}

/** Waits for the base image that `npm test` makes; throws with the words of its failure. Without `npm test`, `up` makes it. */
export async function baseImage(debian: DebianRelease): Promise<void> {
  const folder = process.env[RUN_FOLDER];
  if (folder === undefined) return;
  const note = await until(`the base image of Debian ${debian}`, BASE_IMAGE_MS, async () => {
    return await readFile(baseNote(folder, debian), 'utf8').catch(() => undefined);
  });
  if (note !== '') throw new Error(`no base image of Debian ${debian}: ${note}`);
}
