import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError } from '../../../base/errors.ts';
import type { Lab } from '../../../lab-file/lab.ts';
import { type ReadOptions, readLab } from '../../../lab-file/read.ts';

export type Reading = ReadOptions & {
  /** Files beside lab.yaml, by path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
};

export type Outcome = { readonly lab: Lab | undefined; readonly mistakes: readonly string[] };

/** Reads this text as a lab.yaml in a folder of its own: the lab, or the mistakes without the folder's name. */
export function read(
  text: string | Uint8Array,
  { files = {}, environment = {}, interfaces = {}, logsIn = true, cardOf }: Reading = {},
): Outcome {
  const directory = mkdtempSync(join(tmpdir(), 'lab-file-'));
  try {
    for (const [name, content] of Object.entries({ ...files, 'lab.yaml': text })) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), content);
    }
    return { lab: readLab(join(directory, 'lab.yaml'), { environment, interfaces, logsIn, cardOf }), mistakes: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { lab: undefined, mistakes: error.message.replaceAll(`${directory}/`, '').split('\n') };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A whole lab file in which only the given top-level lines differ; `part` starts on line 3. */
export function withPart(part: string): string {
  const key = part.slice(0, part.indexOf(':'));
  return key === 'users'
    ? `name: lab\n\n${part}\n`
    : `name: lab\nusers: { sam: { password: sam }, alice: { password: alice } }\n${part}\n`;
}
