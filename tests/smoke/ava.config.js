import { fileURLToPath } from 'node:url';
import { compiledTests } from '../../scripts/compile.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = ['tests/smoke/all.ts'];

export default {
  files,
  extensions: { ts: 'module' },
  nodeArguments: ['--import=./scripts/compiled-tests.js'],
  // what fails is told by records; maps of all sources would take 15 MB to tell the line of a fault in the tests themselves
  environmentVariables: { COMPILED_TESTS: await compiledTests(root, 'smoke', files, { maps: false }) },
  workerThreads: false,
  // each check has a bound of its own; this one must never be the first to pass
  timeout: '5m',
  cache: false,
};
