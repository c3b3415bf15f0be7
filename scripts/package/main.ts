import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePackage, bundleProgram } from '../build.js';
import { declarations } from './declarations.ts';
import { thirdParty } from './third-party.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIST = path.join(ROOT, 'dist');
/** Parts of programs that run as processes of their own: their packages, which nobody has installed there, become part of them. */
const BUNDLED_PARTS = ['probes/clients/connection.js'];
/** The published schemas, and what the types call them; their definitions keep their own names. */
const SCHEMAS = [
  ['lab.schema.json', 'LabFile'],
  ['results.schema.json', 'Output'],
] as const;

/** `npm pack` and `npm publish` run it first: writes `dist/`, the program and the types of the npm package. Takes no arguments. */
export async function main(args: string[]): Promise<number> {
  if (args.length > 0) {
    console.error('prepack: takes no arguments');
    return 2;
  }
  await writePackage(DIST);
  return 0;
}

/** Writes everything that the package has beside README, licence and schemas into a new folder. */
export async function writePackage(dist: string): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const bundled = await bundlePackage(dist);
  for (const file of companions(bundled)) cpSync(path.join(ROOT, file), path.join(dist, file));
  for (const file of BUNDLED_PARTS) await bundleProgram(path.join(ROOT, file), path.join(dist, file));
  writeFileSync(path.join(dist, 'THIRD-PARTY.txt'), thirdParty(bundled));
  // also for projects of CommonJS, whose compiler refuses the types of an ECMAScript module
  writeFileSync(path.join(dist, 'index.d.cts'), SCHEMAS.map(typesOf).join('\n'));
}

function typesOf([file, name]: readonly [file: string, name: string]): string {
  return declarations(JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')), name);
}

/** The files beside the sources, which these read when they run: scripts, programs, style sheets, the Dockerfile. */
export function companions(sources: readonly string[]): string[] {
  const own = sources
    .map((file) => path.relative(ROOT, file))
    .filter((file) => file.includes(path.sep) && !file.startsWith('node_modules'));
  const folders = new Set(own.map((file) => file.split(path.sep)[0] ?? ''));
  return [...folders]
    .filter((folder) => folder !== 'scripts')
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !/\.tsx?$/.test(entry.name))
        .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name))),
    )
    .sort();
}
