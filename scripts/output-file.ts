import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { ignoreFailure } from '../base/errors.ts';

/** Why a file that an option names cannot be written; empty where it can. Asked before a run: otherwise it would show after minutes. */
export async function outputFileMistakes(option: string, name: string | undefined): Promise<string[]> {
  if (name === undefined) return [];
  const file = path.resolve(name);
  const folder = path.dirname(file);
  const isWritable = async (place: string) =>
    (await ignoreFailure(access(place, constants.W_OK).then(() => true))) ?? false;
  const found = await ignoreFailure(stat(file));
  if (found?.isDirectory() === true) return [`${option} ${name}: this is a folder; name a file`];
  if (found !== undefined) return (await isWritable(file)) ? [] : [`${option} ${name}: this user may not write to it`];
  if (await isWritable(folder)) return [];
  return [`${option} ${name}: there is no folder ${folder} that this user may write to`];
}
