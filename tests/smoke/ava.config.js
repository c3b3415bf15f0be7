// The file whose checks take longest starts first: keep-alive expiry decides how long the whole run takes.
const FIRST = ['will.ts', 'qos.ts', 'interop.ts', 'auth.ts', 'acl.ts'];

const rank = (file) => {
  const position = FIRST.indexOf(file.slice(file.lastIndexOf('/') + 1));
  return position < 0 ? FIRST.length : position;
};

export default {
  files: ['tests/smoke/*.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: FIRST.length,
  sortTestFiles: (one, other) => rank(one) - rank(other),
  // each check has a bound of its own; this one must never be the first to pass
  timeout: '5m',
  cache: false,
};
