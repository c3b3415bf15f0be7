import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { section } from './docs/_documents.ts';

const isIn = (file: string, place: string) => file === `${place}.ts` || file.startsWith(`${place}/`);
const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** The table in docs/architecture.md: folder → what it may import. */
const TABLE = new Map<string, readonly string[]>();
for (const [, left = '', right = ''] of section('docs/architecture.md', '## Who may import whom').matchAll(
  /^\| (`.*) \| (.*) \|$/gm,
)) {
  const above = [...TABLE.keys()].filter((folder) => !quoted(right).includes(folder));
  for (const folder of quoted(left)) TABLE.set(folder, / above/.test(right) ? above : quoted(right));
}

type Import = { readonly file: string; readonly target: string; readonly isType: boolean };
const words = (imports: readonly Import[]) => imports.map(({ file, target }) => `${file} → ${target}`);

const FOLDERS = [...TABLE.keys(), 'tests'];
const IMPORTS = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]sx?$/.test(name))
    .flatMap((name): Import[] => {
      const file = path.join(folder, name);
      const found = readFileSync(file, 'utf8').matchAll(
        /^(?:import|export)( type)? [^;]*?from '(\..+?)'|import\('(\..+?)'\)/gm,
      );
      return [...found].map(([, type, from, dynamic = '']) => {
        return { file, target: path.join(path.dirname(file), from ?? dynamic), isType: type !== undefined };
      });
    }),
);

test('the table has every folder with code', (t) => {
  const folders = readdirSync('.', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const withCode = folders
    .map(({ name }) => name)
    .filter(
      (name) =>
        !/^\.|^(node_modules|dist)$/.test(name) &&
        readdirSync(name, { recursive: true }).some((file) => /\.tsx?$/.test(String(file))),
    );
  t.deepEqual(withCode.sort(), FOLDERS.toSorted());
  t.true(IMPORTS.length > 1000);
});

for (const [folder, allowed] of TABLE) {
  test(`${folder} imports ${allowed.join(', ') || 'nothing'}`, (t) => {
    const wrong = IMPORTS.filter(({ file, target, isType }) => {
      const isTypeOnly = folder === 'terminal' && isIn(target, 'provisioning');
      const isAllowed = target === 'package.json' || [folder, ...allowed].some((place) => isIn(target, place));
      return isIn(file, folder) && (!isAllowed || (isTypeOnly && !isType));
    });
    t.deepEqual(words(wrong), []);
  });
}

test('a family of checks is imported by itself and by checks/run and checks/families.ts', (t) => {
  const familyOf = (file: string) => /^checks\/(?!fixtures|harness|run)(\w+)\//.exec(file)?.[1];
  const wrong = IMPORTS.filter(({ file, target }) => {
    const family = familyOf(target);
    const isFree = !isIn(file, 'checks') || isIn(file, 'checks/run') || isIn(file, 'checks/families');
    return family !== undefined && !isFree && familyOf(file) !== family;
  });
  t.deepEqual(words(wrong), []);
});

test('there is no circle of files, also not of types', (t) => {
  const visited = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, trail: readonly string[]) => {
    if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
    if (visited.has(file)) return;
    visited.add(file);
    for (const { target } of IMPORTS.filter((one) => one.file === file)) visit(target, [...trail, file]);
  };
  for (const { file } of IMPORTS) visit(file, []);
  t.deepEqual(circles, []);
});
