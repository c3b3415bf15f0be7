export default {
  files: ['tests/smoke/all.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  // each check has a bound of its own; this one must never be the first to pass
  timeout: '5m',
  cache: false,
};
