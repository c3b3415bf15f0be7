import { access, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, errorMessage, ignoreFailure, LabError } from '../base/errors.ts';
import { writePrivate } from '../lab-file/private-folder.ts';
import { CARD_FILES, type CardFiles, isOfCard } from '../pi/card/card.ts';

const BACKUP = '.before-mqtt-lab';

export type WrittenCard = {
  /** Files of another origin, such as the examples of Raspberry Pi OS, under their new names. */
  readonly backups: readonly string[];
  /** Whether the folder is the boot partition of an image without cloud-init. */
  readonly lacksCloudInit: boolean;
};

/** Writes the files into a folder that exists; each is complete or absent. Throws a LabError for a folder that cannot hold them. */
export async function writeCard(pi: string, folder: string, files: CardFiles): Promise<WrittenCard> {
  const step = `write the card to ${folder}`;
  try {
    if (!(await stat(folder)).isDirectory()) throw new Error('it is not a folder');
    const lacksCloudInit = (await exists(folder, 'cmdline.txt')) && !(await exists(folder, 'meta-data'));
    const foreign = await foreignFiles(folder);
    const blocked = (await Promise.all(foreign.map((name) => exists(folder, `${name}${BACKUP}`)))).indexOf(true);
    const name = foreign[blocked];
    if (name !== undefined) {
      const happened = `${name} is not mqtt-lab's, and its backup ${name}${BACKUP} exists already`;
      throw new LabError({ subject: pi, step, happened, advice: 'remove one of the two' }, 'could-not-run');
    }
    for (const name of foreign) await rename(path.join(folder, name), path.join(folder, `${name}${BACKUP}`));
    for (const name of CARD_FILES) await replace(path.join(folder, name), files[name]);
    return { backups: foreign.map((name) => `${name}${BACKUP}`), lacksCloudInit };
  } catch (error) {
    if (error instanceof LabError) throw error;
    const advice = 'name the boot partition of a card by its mount point, and mount it so that you may write to it';
    throw new LabError({ subject: pi, step, happened: errorMessage(error), advice }, 'could-not-run', { cause: error });
  }
}

async function foreignFiles(folder: string): Promise<readonly string[]> {
  const texts = await Promise.all(
    CARD_FILES.map(async (name) => [name, await textOf(path.join(folder, name))] as const),
  );
  return texts.flatMap(([name, text]) => (text === undefined || isOfCard(text) ? [] : [name]));
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function exists(folder: string, name: string): Promise<boolean> {
  return (await ignoreFailure(access(path.join(folder, name)).then(() => true))) ?? false;
}

async function replace(file: string, text: string): Promise<void> {
  const staged = `${file}.new`;
  await rm(staged, { force: true });
  await writePrivate(staged, text);
  await rename(staged, file);
}
