// For AVA below `npm test`, which bundles the test files first (build-tests.ts) and names them on AVA's command line.

/** The labs that take longest begin first, Debian 13's when its image may be ready. */
const FIRST = [
  // of `npm test`
  ...['debian-12', 'mutants', 'commands', 'restored', 'acl-rules'],
  // of `npm run test:thorough`
  ...[
    'interrupted',
    'drift',
    'clients',
    'ssh-login',
    'capture',
    'ssh-host',
    'apt',
    'occupied',
    'external-aedes',
    'debian-13',
    'live-places',
    'live-actions',
    'live-page',
  ],
];

function rank(file) {
  const [, lab] = /\/tests\/(?:lab|thorough)\/([^/]+)\.js$/.exec(file) ?? [];
  // unit tests use the cores until the first base image is ready
  if (lab === undefined) return -1;
  const position = FIRST.indexOf(lab);
  return position < 0 ? FIRST.length : position;
}

export default {
  files: ['.build/**/*.js'],
  nodeArguments: ['--enable-source-maps'],
  workerThreads: false,
  // a lab waits for its machines more than it computes
  concurrency: 4,
  sortTestFiles: (one, other) => rank(one) - rank(other) || one.localeCompare(other),
  timeout: '5m',
};
