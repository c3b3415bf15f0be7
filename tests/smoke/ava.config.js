import { fileURLToPath } from 'node:url';
import { compiledTests } from '../../scripts/compile.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = ['tests/smoke/all.ts'];

export default {
  files,
  extensions: { ts: 'module' },
  nodeArguments: ['--enable-source-maps', '--import=./scripts/compiled-tests.js'],
  environmentVariables: { COMPILED_TESTS: await compiledTests(root, 'smoke', files) },
  workerThreads: false,
  // each check has a bound of its own; this one must never be the first to pass
  timeout: '5m',
  cache: false,
};
