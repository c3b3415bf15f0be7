// For `npx ava tests/smoke`: the lab's checks as tests against a lab that is up. `npm test` has a configuration of its own in tests/suite/.
export default {
  files: ['tests/smoke/*.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  // they share the lab's topics, and a topic has one retained message
  concurrency: 1,
  // each check has a shorter bound of its own
  timeout: '5m',
};
