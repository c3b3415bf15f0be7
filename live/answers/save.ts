import { chmod, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, errorMessage, LabError } from '../../base/errors.ts';
import type { Lab } from '../../lab-file/lab.ts';
import { privateFolder, writePrivate } from '../../lab-file/private-folder.ts';
import type { Saved } from '../protocol.ts';
import { answersHtml } from './page.tsx';

const LONGEST_NAME = 40;
const MOST_SAME = 1_000;

/**
 * Writes `.lab/answers/STUDENT-TIME.html` and `.json`, readable by this user alone, and returns their paths. Never
 * replaces a file. Throws a LabError where it cannot write.
 */
export async function saveAnswers(
  lab: Pick<Lab, 'directory'>,
  saved: Saved,
): Promise<{ readonly html: string; readonly json: string }> {
  const folder = privateFolder(lab, 'answers');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(privateFolder(lab), 0o700);
    const base = path.join(folder, fileName(saved));
    for (let nth = 1; nth <= MOST_SAME; nth += 1) {
      const files = await written(nth === 1 ? base : `${base}-${nth}`, saved);
      if (files !== undefined) return files;
    }
    throw new Error(`${base}.json exists`);
  } catch (error) {
    const advice = 'check that the folder of the lab file is writable and its disk has room, then save again';
    throw new LabError({ subject: folder, step: 'save', happened: errorMessage(error), advice }, 'could-not-run');
  }
}

/** Undefined where a file of that name exists. */
async function written(base: string, saved: Saved): Promise<{ html: string; json: string } | undefined> {
  const files = { html: `${base}.html`, json: `${base}.json` };
  try {
    await writePrivate(files.json, `${JSON.stringify(saved)}\n`);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return undefined;
    throw error;
  }
  try {
    await writePrivate(files.html, answersHtml(saved));
    return files;
  } catch (error) {
    await rm(files.json, { force: true });
    if (errorCode(error) === 'EEXIST') return undefined;
    throw error;
  }
}

/** Letters and digits of any script, such as `Zoë-Smith-2026-11-30-133935`. */
export function fileName({ student, saved }: Pick<Saved, 'student' | 'saved'>): string {
  const words = student.normalize('NFC').replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, '-');
  const name = [...words]
    .slice(0, LONGEST_NAME)
    .join('')
    .replaceAll(/^-+|-+$/g, '');
  const time = saved.replace(/T(\d\d):(\d\d):(\d\d).*$/, '-$1$2$3');
  return `${name === '' ? 'student' : name}-${time}`;
}
