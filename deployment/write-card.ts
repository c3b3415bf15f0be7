import { access, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, errorMessage, ignoreFailure, LabError } from '../base/errors.ts';
import { writePrivate } from '../lab-file/private-folder.ts';
import { CARD_FILES, type CardFiles, piOfCard } from '../pi/card/card.ts';

const BACKUP = '.before-mqtt-lab';

export type WrittenCard = {
  /** Files of another origin, such as the examples of Raspberry Pi OS, under their new names. */
  readonly backups: readonly string[];
  /** Whether the folder is the boot partition of an image without cloud-init. */
  readonly lacksCloudInit: boolean;
  /** The other Pi whose card the folder had; undefined: none. */
  readonly replaced: string | undefined;
};

/** Writes the files into a folder that exists; each is complete or absent. Throws a LabError for a folder that cannot hold them. */
export async function writeCard(pi: string, folder: string, files: CardFiles): Promise<WrittenCard> {
  const step = `write the card to ${folder}`;
  try {
    if (!(await stat(folder)).isDirectory()) throw new Error('it is not a folder');
    const lacksCloudInit = (await exists(folder, 'cmdline.txt')) && !(await exists(folder, 'meta-data'));
    const texts = await textsIn(folder);
    const foreign = texts.flatMap(({ name, text }) => (piOfCard(text) === undefined ? [name] : []));
    const replaced = texts.map(({ text }) => piOfCard(text)).find((owner) => owner !== undefined && owner !== pi);
    const blocked = (await Promise.all(foreign.map((name) => exists(folder, `${name}${BACKUP}`)))).indexOf(true);
    const name = foreign[blocked];
    if (name !== undefined) {
      const happened = `${name} is not mqtt-lab's, and its backup ${name}${BACKUP} exists already`;
      throw new LabError({ subject: pi, step, happened, advice: 'remove one of the two' }, 'could-not-run');
    }
    for (const name of foreign) await rename(path.join(folder, name), path.join(folder, `${name}${BACKUP}`));
    for (const name of CARD_FILES) await replace(path.join(folder, name), files[name]);
    return { backups: foreign.map((name) => `${name}${BACKUP}`), lacksCloudInit, replaced };
  } catch (error) {
    if (error instanceof LabError) throw error;
    const advice = 'name the boot partition of a card by its mount point, and mount it so that you may write to it';
    throw new LabError({ subject: pi, step, happened: errorMessage(error), advice }, 'could-not-run', { cause: error });
  }
}

/** The files that exist. */
async function textsIn(folder: string): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const texts = await Promise.all(
    CARD_FILES.map(async (name) => ({ name, text: await textOf(path.join(folder, name)) })),
  );
  return texts.flatMap(({ name, text }) => (text === undefined ? [] : [{ name, text }]));
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
