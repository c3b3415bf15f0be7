import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Names and text of every source in these folders. */
export function sourcesOf(folders: readonly string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
    )
    .filter((file) => /\.(ts|js|sh)$/.test(file))
    .map((file) => `${file}\n${readFileSync(file, 'utf8')}`)
    .join('\n');
}
