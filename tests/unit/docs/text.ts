import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { PARTS } from '../../bench/parts.ts';
import { blocks, DOCUMENTS, prose, textOf } from './_documents.ts';

const ALL = [...DOCUMENTS, 'CHANGELOG.md'];

/** The anchor that GitHub gives to each heading. */
function anchors(document: string): string[] {
  return [...prose(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

for (const document of ALL) {
  test(`${document} links to files and headings that exist`, (t) => {
    for (const [link, file = '', heading] of prose(document).matchAll(/\]\((?!https:)([^)#]*)(?:#([^)]+))?\)/g)) {
      const target = file === '' ? document : path.join(path.dirname(document), file);
      t.true(existsSync(target), link);
      if (heading !== undefined) t.true(anchors(target).includes(heading), link);
    }
    t.pass();
  });

  test(`${document} wraps its lines at 100 characters`, (t) => {
    const long = prose(document)
      .split('\n')
      .filter((line) => !line.startsWith('|') && !line.startsWith('![') && [...line].length > 100);
    t.deepEqual(long, []);
  });
}

test('README.md has at most 150 lines', (t) => {
  t.true(textOf('README.md').split('\n').length <= 151);
});

test('README.md shows the live view, and each picture is in a page and smaller than 150 kB', (t) => {
  t.true(textOf('README.md').includes('](docs/live.png)'));
  const pages = DOCUMENTS.map(textOf).join('\n');
  for (const name of readdirSync('docs').filter((file) => file.endsWith('.png'))) {
    t.true(statSync(`docs/${name}`).size < 150_000, name);
    t.regex(pages, new RegExp(`\\]\\((docs/)?${name}\\)`), name);
  }
});

test('CONTRIBUTING.md names each part of the bench', (t) => {
  for (const name of PARTS) t.regex(textOf('CONTRIBUTING.md'), new RegExp(`\\W\`${name}\`\\W`), name);
});

test('README.md links to every page of docs/', (t) => {
  const pages = DOCUMENTS.filter((document) => document.startsWith('docs/'));
  for (const page of pages) t.true(textOf('README.md').includes(`(${page})`), page);
});

test('the folders that the architecture shows exist', (t) => {
  const [house = ''] = blocks('docs/architecture.md', 'text');
  const folders = [...house.matchAll(/(?:^|── )([a-z-]+\/) /gm)].map(([, folder = '']) => folder);
  const inTables = [...textOf('docs/architecture.md').matchAll(/^\| `([a-z/-]+)`/gm)].map(([, folder = '']) => folder);
  t.true(folders.length > 9);
  for (const folder of [...folders, ...inTables]) t.true(existsSync(folder), folder);
});
