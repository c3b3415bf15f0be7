// Prints the section of CHANGELOG.md of a tag: `node scripts/release-notes.js v0.1.0`. Without a tag, what the next release would have.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../', import.meta.url);

/** The section without its heading; undefined where there is none, or an empty one. @param {string} changelog @param {string} version */
export function sectionOf(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1);
  const found = sections.find((section) => section.split(/[\s\]]/)[0]?.replace('[', '') === version);
  const text = found?.slice(found.indexOf('\n')).trim() ?? '';
  return text === '' ? undefined : text;
}

/** The notes of a tag such as `v0.1.0`, or what keeps it from being released. Without a tag: those of the newest section that has text. */
export function releaseNotes(tag, { changelog, packageVersion }) {
  const version = tag?.replace(/^v/, '') ?? packageVersion;
  const notes = tag === undefined ? sectionOf(changelog, 'Unreleased') : undefined;
  const own = notes ?? sectionOf(changelog, version);
  if (version !== packageVersion)
    return { mistake: `the tag ${tag} is not the version of package.json, ${packageVersion}` };
  if (own === undefined) return { mistake: `CHANGELOG.md has no section "## ${version}", or an empty one` };
  return { notes: own };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (name) => readFileSync(new URL(name, ROOT), 'utf8');
  const { version: packageVersion } = JSON.parse(read('package.json'));
  const { notes, mistake } = releaseNotes(process.argv[2], { changelog: read('CHANGELOG.md'), packageVersion });
  if (mistake === undefined) console.log(notes);
  else console.error(mistake);
  process.exitCode = mistake === undefined ? 0 : 1;
}
