import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledTests } from './scripts/compile.js';

const root = fileURLToPath(new URL('.', import.meta.url));
const files = ['tests/unit', 'tests/lab'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
);

// Unit tests are through before most labs begin; then the labs that take longest, Debian 13 when its image may be there.
const FIRST = [
  ...['commands.ts', 'interrupted.ts', 'clients.ts', 'capture.ts', 'ssh-host.ts', 'debian-12.ts', 'apt.ts'],
  ...['debian-13.ts', 'external-aedes.ts', 'report-page.ts', 'side-by-side.ts', 'broker-changes.ts'],
];

const rank = (file) => {
  // the longest of all, and nobody waits for its base image meanwhile
  if (file.endsWith('/tests/lab/mutants.ts')) return -2;
  if (!file.includes('/tests/lab/')) return -1;
  const position = FIRST.indexOf(file.slice(file.lastIndexOf('/') + 1));
  return position < 0 ? FIRST.length : position;
};

export default {
  files: ['tests/unit/**/*.ts', 'tests/lab/*.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--enable-source-maps', '--import=./scripts/compiled-tests.js'],
  environmentVariables: { COMPILED_TESTS: await compiledTests(root, 'tests', files) },
  workerThreads: false,
  // a lab waits for its machines more than it computes
  concurrency: 5,
  sortTestFiles: (one, other) => rank(one) - rank(other) || one.localeCompare(other),
  timeout: '5m',
};
