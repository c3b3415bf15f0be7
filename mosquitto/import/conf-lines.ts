import { CALLED_AS } from '../../base/called-as.ts';
import { LabError } from '../../base/errors.ts';
import { MAIN_CONF } from '../paths.ts';
import type { HostFiles } from './host-files.ts';
import { linesOf, type Place, type SourceFile } from './note.ts';

/** A line of the configuration: an option and its value. */
export type Option = Place & { readonly name: string; readonly value: string };

/** Options of one file, or of a file that an include_dir there names, in Mosquitto's order. */
export type ConfFile = { readonly path: string; readonly options: readonly (Option | ConfFile)[] };

/** Mosquitto's own limit (conf.c, config__read_file). */
const DEEPEST = 10;

/** Reads mosquitto.conf and what its include_dir lines name. Throws a LabError where the main file is missing. */
export async function readConf(files: HostFiles): Promise<ConfFile> {
  const text = await files.file(MAIN_CONF);
  if (text === undefined) {
    const happened = `there is no ${MAIN_CONF}`;
    const advice = `name the host whose Mosquitto has this file: ${CALLED_AS} import ssh://user@host`;
    throw new LabError({ subject: 'broker', step: 'read the configuration', happened, advice }, 'could-not-run');
  }
  return await included(files, { path: MAIN_CONF, text }, 0);
}

async function included(files: HostFiles, file: SourceFile, depth: number): Promise<ConfFile> {
  const options: (Option | ConfFile)[] = [];
  for (const { text, ...place } of linesOf(file)) {
    const [, name = '', value = ''] = /^ *(\S+)\s*(.*)$/.exec(text) ?? [];
    if (name !== 'include_dir') options.push({ file: place.file, line: place.line, name, value });
    else if (depth < DEEPEST) {
      for (const inner of await files.folder(value)) options.push(await included(files, inner, depth + 1));
    }
  }
  return { path: file.path, options };
}
