import { fileURLToPath } from 'node:url';
import { compiledTests } from '../../scripts/compile.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

export default {
  files: ['tests/smoke/start.js'],
  environmentVariables: await compiledTests(root, 'smoke', ['tests/smoke/all.ts'], { isLean: true }),
  workerThreads: false,
  // each check has a bound of its own; this one must never be the first to pass
  timeout: '5m',
  cache: false,
};
