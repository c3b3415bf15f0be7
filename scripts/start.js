// How ./lab, the package's program and the project's tools begin and end. Needs nothing but Node.
import process from 'node:process';

const OLDEST_NODE = [20, 19];
/** What ends by itself after a command has that long. */
const EXIT_MS = 300;

/** Ends the program where Node is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  console.error(`mqtt-lab needs Node ${OLDEST_NODE.join('.')} or newer, this is ${process.versions.node}`);
  process.exit(2);
}

/** Runs a command; its `main(args)` gives the exit code. */
export async function run(main, args) {
  process.exitCode = await main(args);
  // timers and sockets that a hanging check has left must not keep the process
  setTimeout(() => process.exit(), EXIT_MS).unref();
}
