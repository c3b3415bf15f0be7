// Node only, no dependency: installs the project's dependencies when they are missing or stale, then runs a command of scripts/.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const OLDEST_NODE = [20, 19];
const LOCK_FILE = path.join(root, 'package-lock.json');
const STAMP = path.join(root, 'node_modules', '.installed-from');
/** How long another installation is waited for, in seconds. */
const INSTALLATION_S = 600;

/** Runs `lab`, or the source NAME.ts of a tool of the project, such as `tests/bench/main`, whose `main(args)` gives the exit code. */
export async function bootstrap(name, args) {
  checkNode();
  installDependencies();
  const { exports, keep } = await load(name, args);
  process.exitCode = await exports.main(args);
  // one that did not come far has called little of its code
  if (process.exitCode === 0) keep();
}

/** ./lab starts compiled, for its users start it often; the project's own commands by tsx. The imports need dependencies, so they come only now. */
async function load(name, args) {
  try {
    if (name === 'lab') {
      const { compiledScript } = await import('./compile.js');
      const { loadWithCode } = await import('./code-cache.js');
      const command = args.find((word) => /^[a-z]+$/.test(word) && existsSync(path.join(root, `scripts/${word}.ts`)));
      const isHelp = args.includes('--help') || args.includes('-h');
      return loadWithCode(await compiledScript(root, name), isHelp ? 'help' : (command ?? 'help'));
    }
    const { tsImport } = await import('tsx/esm/api');
    return { exports: await tsImport(`../${name}.ts`, import.meta.url), keep: () => undefined };
  } catch (error) {
    console.error(`mqtt-lab can't start: ${error.message}`);
    console.error(
      '  try: see that its folder can be written to and the disk is not full; rm -rf node_modules has all installed anew',
    );
    process.exit(2);
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  console.error(`mqtt-lab needs Node ${OLDEST_NODE.join('.')} or newer, this is ${process.versions.node}`);
  process.exit(2);
}

/** The stamp holds the digest of the lock file that node_modules was installed from; a killed installation leaves none. */
function installDependencies() {
  if (areInstalled()) return;
  const lock = lockInstallation();
  // by whoever had the lock
  if (areInstalled()) return;
  console.error('installing the dependencies of mqtt-lab (npm ci)');
  // nothing here needs an install script, so none is run
  const options = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  // npm has the lock too: it may go on after this process was killed
  const { status, error } = spawnSync('npm', options, { cwd: root, stdio: ['ignore', 2, 2, lock] });
  if (status !== 0) {
    console.error(
      `npm ci failed${error ? `: ${error.message}` : ''}; see that npm reaches its registry, then run the command again`,
    );
    process.exit(2);
  }
  writeFileSync(STAMP, lockFileDigest());
}

function areInstalled() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockFileDigest();
}

function lockFileDigest() {
  return createHash('sha256').update(readFileSync(LOCK_FILE)).digest('hex');
}

/**
 * One installation at a time: two would break each other. The kernel keeps the lock as long as a process has the file open (flock(2)), so a killed
 * installation leaves none. A machine without flock(1), which is no Debian, goes without. The file is package-lock.json itself, which npm ci only reads.
 */
function lockInstallation() {
  const lock = openSync(LOCK_FILE, 'r');
  const flock = (...options) => spawnSync('flock', [...options, '3'], { stdio: ['ignore', 'ignore', 2, lock] }).status;
  if (flock('--nonblock') === 1) {
    console.error('another mqtt-lab installs the dependencies: waiting for its end');
    if (flock('--timeout', String(INSTALLATION_S)) === 1) {
      console.error(
        `it has not ended after ${INSTALLATION_S} s; see what that npm waits for, then run the command again`,
      );
      process.exit(2);
    }
  }
  return lock;
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [name, ...args] = process.argv.slice(2);
  await bootstrap(name, args);
}
