// Node only, no dependency: installs the project's dependencies when they are missing or stale, then runs a command of scripts/.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const OLDEST_NODE = [20, 19];
const LOCK_FILE = path.join(root, 'package-lock.json');
const STAMP = path.join(root, 'node_modules', '.installed-from');
/** How long another installation is waited for, in seconds. */
const INSTALLATION_S = 600;
/** What ends by itself after a command has that long. */
const EXIT_MS = 300;

/** Bundles and runs scripts/lab.ts for `lab`, or a tool such as `tests/bench/main`; its `main(args)` gives the exit code. */
export async function bootstrap(name, args) {
  checkNode();
  installDependencies();
  const { main } = await load(name === 'lab' ? 'scripts/lab' : name);
  process.exitCode = await main(args);
  // timers and sockets that a hanging check has left must not keep the process
  setTimeout(() => process.exit(), EXIT_MS).unref();
}

async function load(name) {
  try {
    const { build } = await import('./build.js');
    const folder = await build(path.basename(name), { entryPoints: [`${name}.ts`] });
    // Node 22 and newer keep V8's code of the bundle
    module.enableCompileCache?.(path.join(folder, 'code'));
    return await import(pathToFileURL(path.join(folder, `${name}.js`)).href);
  } catch (error) {
    console.error(`mqtt-lab can't start: ${error.message}`);
    console.error(
      `  try: check that ${root} is writable and the disk has room; rm -rf .build node_modules there installs again`,
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
