// The file whose checks wait longest starts first: keep-alive expiry decides how long the whole run takes.
const FIRST = ['will.ts', 'qos.ts', 'auth.ts'];

const rank = (file) => {
  const position = FIRST.indexOf(file.slice(file.lastIndexOf('/') + 1));
  return position < 0 ? FIRST.length : position;
};

export default {
  files: ['tests/smoke/*.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  // all the others fit beside that wait in two lanes; more at once would slow its start on a machine with two cores
  concurrency: FIRST.length,
  sortTestFiles: (one, other) => rank(one) - rank(other),
  // each check has a bound of its own; this one must never be the first to pass
  timeout: '5m',
  cache: false,
};
