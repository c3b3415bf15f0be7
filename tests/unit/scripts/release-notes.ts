import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import test from 'ava';
import { releaseNotes, sectionOf } from '../../../scripts/release-notes.js';

const CHANGELOG = `# Changelog

## Unreleased

### Added

- a new thing

## [0.2.0] - 2026-11-30

- second

## 0.1.0

- first
`;

/** [version; its section] */
const SECTIONS: readonly (readonly [version: string, section: string | undefined])[] = [
  ['Unreleased', '### Added\n\n- a new thing'],
  ['0.2.0', '- second'],
  ['0.1.0', '- first'],
  ['0.1', undefined],
  ['0.1.0.', undefined],
  ['9.9.9', undefined],
];

for (const [version, section] of SECTIONS) {
  test(`finds the section of ${version}`, (t) => {
    t.is(sectionOf(CHANGELOG, version), section);
  });
}

test('an empty section is none', (t) => {
  t.is(sectionOf('## Unreleased\n\n## 0.1.0\n\n- x\n', 'Unreleased'), undefined);
});

test('a tag gives the notes of its version, and must be the version of package.json', (t) => {
  t.deepEqual(releaseNotes('v0.2.0', { changelog: CHANGELOG, packageVersion: '0.2.0' }), { notes: '- second' });
  const { mistake: other } = releaseNotes('v0.2.0', { changelog: CHANGELOG, packageVersion: '0.1.0' });
  t.regex(other ?? '', /v0\.2\.0 .*package\.json.*0\.1\.0/);
  const { mistake: none } = releaseNotes('v0.3.0', { changelog: CHANGELOG, packageVersion: '0.3.0' });
  t.regex(none ?? '', /no section "## 0\.3\.0"/);
});

test('without a tag: the notes of the next release, and after a release those of the last', (t) => {
  const released = CHANGELOG.replace('### Added\n\n- a new thing\n', '');
  t.regex(releaseNotes(undefined, { changelog: CHANGELOG, packageVersion: '0.2.0' }).notes ?? '', /a new thing/);
  t.is(releaseNotes(undefined, { changelog: released, packageVersion: '0.2.0' }).notes, '- second');
});

test('prints notes from the CHANGELOG.md of this project; a version that it does not have ends with 1', (t) => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['scripts/release-notes.js', ...args], { encoding: 'utf8' });
  const { status, stdout } = run();
  t.is(status, 0);
  t.true(readFileSync('CHANGELOG.md', 'utf8').includes(stdout.trim()));
  const wrong = run('v99.0.0');
  t.is(wrong.status, 1);
  t.regex(wrong.stderr, /v99\.0\.0/);
});
