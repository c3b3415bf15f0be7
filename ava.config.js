// Unit tests are through before the base images of the labs are made; the labs that take longest start first.
const FIRST = ['sabotage.ts', 'debian-12.ts', 'interrupted.ts', 'apt.ts'];
const LAST = ['debian-13.ts'];

const rank = (file) => {
  if (!file.includes('/tests/lab/')) return -1;
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (LAST.includes(name)) return FIRST.length + 1;
  const position = FIRST.indexOf(name);
  return position < 0 ? FIRST.length : position;
};

export default {
  files: ['tests/unit/**/*.ts', 'tests/lab/*.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  // a lab waits for its machines more than it computes
  concurrency: 5,
  sortTestFiles: (one, other) => rank(one) - rank(other) || one.localeCompare(other),
  timeout: '5m',
};
