import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const BIOME = fileURLToPath(new URL('../node_modules/@biomejs/biome/bin/biome', import.meta.url));

/** `npm run lint`: Biome's lint and format checks; arguments go to it, such as `-- --write`. */
export async function main(args: string[]): Promise<number> {
  const { status } = spawnSync(process.execPath, [BIOME, 'check', ...args], { stdio: 'inherit' });
  return status ?? 1;
}
