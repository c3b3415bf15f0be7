import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'esbuild';
import { build } from '../../scripts/build.js';
import { PROJECT } from './child.ts';

/** The test files of a folder and its subfolders, sorted. A name that begins with an underscore is a helper's. */
export function testFiles(folder: string): string[] {
  const names = readdirSync(path.join(PROJECT, folder), { recursive: true, encoding: 'utf8' });
  const tests = names.filter((name) => name.endsWith('.ts') && !path.basename(name).startsWith('_'));
  return tests.map((name) => path.posix.join(folder, name)).sort();
}

/** The test files of a folder itself; its subfolders and its main.ts hold none. */
export function filesOf(folder: string): string[] {
  const own = testFiles(folder).filter((file) => path.dirname(file) === folder);
  return own.filter((file) => path.basename(file) !== 'main.ts');
}

/**
 * Bundles test files for AVA, which runs each in a process of its own. A folder gives one file with all its tests, because a
 * process costs half a second of CPU and most tests a few milliseconds. Returns the built files, relative to the project.
 */
export async function buildTests(sources: readonly string[]): Promise<string[]> {
  const outputOf = (source: string) => source.replace(/\.ts$/, '');
  const built = await build('tests', {
    entryPoints: sources.map((source) => ({ in: source, out: outputOf(source) })),
    minify: false,
    // tests read HTML
    alias: {},
    sourcemap: 'linked',
    sourcesContent: false,
    plugins: [wholeFolders(sources.filter((source) => !source.endsWith('.ts')))],
  });
  return sources.map((source) => path.join(path.relative(PROJECT, built), `${outputOf(source)}.js`));
}

/** An entry point that is a folder imports all test files in it; `ava` is for these files what `namedTest` returns. */
function wholeFolders(folders: readonly string[]): Plugin {
  return {
    name: 'whole folders',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^tests\// }, ({ path: folder }) =>
        folders.includes(folder) ? { path: folder, namespace: 'folder' } : undefined,
      );
      onLoad({ filter: /./, namespace: 'folder' }, ({ path: folder }) => ({
        contents: testFiles(folder)
          .map((file) => `import './${file}';\n`)
          .join(''),
        resolveDir: PROJECT,
      }));
      onResolve({ filter: /^ava$/ }, ({ importer }) => {
        const file = path.relative(PROJECT, importer);
        const folder = folders.find((candidate) => file.startsWith(`${candidate}/`));
        if (folder === undefined) return undefined;
        return { path: path.relative(folder, file).replace(/\.ts$/, ''), namespace: 'named test' };
      });
      onLoad({ filter: /./, namespace: 'named test' }, ({ path: file }) => ({
        contents: `import { namedTest } from './tests/suite/named-test.ts';
          export default namedTest(${JSON.stringify(file.replaceAll('/', ' › '))});`,
        resolveDir: PROJECT,
      }));
    },
  };
}
