import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { compiledChecks, compiledScript, compiledTests, isCompiledAva } from './scripts/compile.js';
import { folderOf, testFiles } from './scripts/compile-folders.js';

const root = fileURLToPath(new URL('.', import.meta.url));
// tests/unit/NAME.ts is all of the folder NAME in one process; files that the command line names are run each on its own
const units = testFiles(root, 'tests/unit');
const wholes = units.filter((file) => folderOf(root, file) !== undefined);
const isInWhole = (file) => wholes.some((whole) => `${file}/`.startsWith(`${folderOf(root, whole)}/`));
const areNamed = process.argv
  .slice(2)
  .some((word) => word.includes('*') || isInWhole(path.relative(root, path.resolve(word))));
const files = [
  ...units.filter((file) => (areNamed ? !wholes.includes(file) : !isInWhole(file))),
  // what is in a folder there is for the files beside it
  ...testFiles(root, 'tests/lab').filter((file) => path.posix.dirname(file) === 'tests/lab'),
];

// Unit tests are through before most labs begin; then the labs that take longest, Debian 13 when its image may be there.
const FIRST = [
  ...['commands.ts', 'interrupted.ts', 'clients.ts', 'capture.ts', 'ssh-host.ts', 'debian-12.ts', 'apt.ts'],
  ...[
    'debian-13.ts',
    'restored.ts',
    'repository.ts',
    'external-aedes.ts',
    'report-page.ts',
    'side-by-side.ts',
    'broker-changes.ts',
  ],
];

const rank = (file) => {
  // the longest of all, and nobody waits for its base image meanwhile
  if (file.endsWith('/tests/lab/mutants.ts')) return -2;
  if (!file.includes('/tests/lab/')) return -1;
  const position = FIRST.indexOf(file.slice(file.lastIndexOf('/') + 1));
  return position < 0 ? FIRST.length : position;
};

if (isCompiledAva()) {
  // once, and not by each of the first labs
  await compiledScript(root, 'lab');
  await compiledChecks(root);
}

export default {
  files,
  extensions: { ts: 'commonjs' },
  require: ['./scripts/compiled-tests.js'],
  nodeArguments: ['--enable-source-maps'],
  environmentVariables: await compiledTests(root, 'tests', files),
  workerThreads: false,
  // a lab waits for its machines more than it computes
  concurrency: 5,
  sortTestFiles: (one, other) => rank(one) - rank(other) || one.localeCompare(other),
  timeout: '5m',
};
