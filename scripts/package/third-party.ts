import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

/** Licences require that every copy includes their text. */
const TEXTS = /^(licen[cs]e|copying|copyright|notice)/i;

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  author: z.unknown().optional(),
});

/** The licence texts of all packages that the files of a bundle belong to. */
export function thirdParty(files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []));
  const sections = new Map([...folders].map(sectionOf));
  const names = [...sections.keys()].sort();
  const head = `mqtt-lab includes code of these ${names.length} packages, each under its own licence.`;
  return `${[head, ...names.map((name) => `${name}\n\n${sections.get(name)}`)].join(`\n\n${'-'.repeat(80)}\n`)}\n`;
}

function sectionOf(folder: string): [string, string] {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')));
  const files = readdirSync(folder).filter((entry) => TEXTS.test(entry));
  const texts = files.map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  const { name, version, license, author } = manifest;
  if (texts.length === 0 && license === undefined) throw new Error(`${folder}: has no licence`);
  const stated = `The package has no licence text. Its package.json says: ${license}, by ${JSON.stringify(author)}.`;
  return [`${name} ${version}`, texts.length === 0 ? stated : texts.join('\n\n')];
}
