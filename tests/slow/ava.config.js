import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledTests } from '../../scripts/compile.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = readdirSync(path.join(root, 'tests/slow'))
  .filter((name) => name.endsWith('.ts') && name !== 'main.ts')
  .map((name) => `tests/slow/${name}`);

export default {
  files,
  extensions: { ts: 'commonjs' },
  require: ['./scripts/compiled-tests.js'],
  nodeArguments: ['--enable-source-maps'],
  environmentVariables: await compiledTests(root, 'slow', files),
  workerThreads: false,
  // what is timed is alone on this machine
  concurrency: 1,
  timeout: '10m',
};
