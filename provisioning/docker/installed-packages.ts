import { readFile } from 'node:fs/promises';
import { ignoreFailure } from '../../base/errors.ts';
import { runProgram } from '../hosts/program.ts';
import { recordFile, TOOLS } from '../resources/package-record.ts';

/** The packages that the lab installed on this machine for its containers and that are still there. Needs no root. */
export async function installedPackages(record: string = recordFile(TOOLS)): Promise<readonly string[]> {
  const text = (await ignoreFailure(readFile(record, 'utf8'))) ?? '';
  const names = [...text.matchAll(/^package (\S+) /gm)].flatMap(([, name]) => name ?? []);
  if (names.length === 0) return [];
  const format = '-f=${db:Status-Status} ${Package}\\n';
  const found = await runProgram('dpkg-query', ['-W', format, '--', ...new Set(names)]);
  return [...(found?.stdout ?? '').matchAll(/^installed (\S+)$/gm)].flatMap(([, name]) => name ?? []);
}

/** What `down` prints about them: the lab removes no Docker engine, since others may use it. */
export function removalLine(packages: readonly string[]): string {
  const command = `sudo apt-get purge ${packages.join(' ')} && sudo rm -r ${TOOLS}`;
  return `mqtt-lab installed packages on this machine; where nothing else needs them, remove them with: ${command}`;
}
