// For AVA below `npm test`, which bundles the test files first (build-tests.ts) and names them on AVA's command line.

/** The labs that take longest begin first, Debian 13's when its image may be ready. */
const FIRST = [
  ...[
    'mutants',
    'commands',
    'interrupted',
    'clients',
    'capture',
    'ssh-host',
    'debian-12',
    'apt',
    'debian-13',
    'restored',
  ],
  ...['external-aedes', 'report-page', 'side-by-side', 'broker-changes'],
];

function rank(file) {
  const [, lab] = /\/tests\/lab\/([^/]+)\.js$/.exec(file) ?? [];
  // unit tests finish before the first base image is ready; the mutants need no image
  if (lab === undefined) return 0.5;
  const position = FIRST.indexOf(lab);
  return position < 0 ? FIRST.length : position;
}

export default {
  files: ['.build/**/*.js'],
  nodeArguments: ['--enable-source-maps'],
  workerThreads: false,
  // a lab waits for its machines more than it computes
  concurrency: 5,
  sortTestFiles: (one, other) => rank(one) - rank(other) || one.localeCompare(other),
  timeout: '5m',
};
