import { fileURLToPath } from 'node:url';
import { compiledChecks } from '../../scripts/compile.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

export default {
  files: ['tests/smoke-old/start.js'],
  environmentVariables: await compiledChecks(root),
  workerThreads: false,
  // each check has a bound of its own; this one must never be the first to pass
  timeout: '5m',
  cache: false,
};
