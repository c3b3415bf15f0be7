// Which files there are to compile, and whole folders of unit tests as one file: a process takes half a second of a core, most tests a few
// milliseconds.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const TEST_OF = fileURLToPath(new URL('test-of.js', import.meta.url));

/** Files in a folder and those below, sorted; Node's own recursion takes a tenth of a second for the sources of this project. */
export function filesBelow(root, folder, without = []) {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  const names = entries.flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (!entry.isDirectory()) return [name];
    return without.includes(name) ? [] : filesBelow(root, name, without);
  });
  return names.sort();
}

/** The test files in a folder and those below, such as `tests/unit/report/json.ts`; what begins with an underscore is for them. */
export function testFiles(root, folder) {
  return filesBelow(root, folder).filter((name) => name.endsWith('.ts') && !path.basename(name).startsWith('_'));
}

/** The folder NAME that a test file NAME.ts beside it stands for; undefined where there is none. */
export function folderOf(root, file) {
  const folder = file.replace(/\.ts$/, '');
  return existsSync(path.join(root, folder)) ? folder : undefined;
}

/** Plugin for esbuild: an entry NAME.ts of tests/unit that stands for a folder is all test files in there, whose titles begin with the file's name. */
export const wholeFolders = {
  name: 'whole folders',
  setup({ initialOptions: { entryPoints, outbase }, onLoad, onResolve }) {
    // elsewhere a file that has a folder of its name imports from there what it wants
    const units = entryPoints.filter((file) => file.startsWith(path.join(outbase, 'tests', 'unit', path.sep)));
    const wholes = new Map(units.map((file) => [file, folderOf('', file)]).filter(([, folder]) => folder));
    onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      const folder = wholes.get(file);
      if (folder === undefined) return undefined;
      const contents = testFiles('', folder).map((member) => `import ${JSON.stringify(member)};\n`);
      return { contents: contents.join(''), resolveDir: folder };
    });
    onResolve({ filter: /^ava$/ }, ({ importer }) => {
      const folder = [...wholes.values()].find((whole) => importer.startsWith(`${whole}${path.sep}`));
      if (folder === undefined) return undefined;
      return { path: path.relative(folder, importer).replace(/\.ts$/, ''), namespace: 'test-of' };
    });
    onLoad({ filter: /./, namespace: 'test-of' }, ({ path: file }) => {
      const title = file.replaceAll(path.sep, ' › ');
      const contents = `import { testOf } from ${JSON.stringify(TEST_OF)};\nexport default testOf(${JSON.stringify(title)});\n`;
      return { contents, resolveDir: path.dirname(TEST_OF) };
    });
  },
};
