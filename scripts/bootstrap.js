// Installs the dependencies when they are missing or stale, then builds and runs a command. Needs nothing but Node.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkNode, run } from './start.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const LOCK_FILE = path.join(root, 'package-lock.json');
const STAMP = path.join(root, 'node_modules', '.installed-from');
/** What is installed: ./lab needs the packages that it bundles, the project's own tools also those of tests/package.json. */
const [BUNDLED, ALL] = ['bundled', 'all'];
/** How long to wait for another installation, in seconds. */
const INSTALLATION_S = 600;

/** Bundles and runs scripts/lab.ts for `lab`, or a tool such as `tests/bench/main`; its `main(args)` gives the exit code. */
export async function bootstrap(name, args) {
  checkNode();
  installDependencies(name === 'lab' ? BUNDLED : ALL);
  const { main } = await load(name === 'lab' ? 'scripts/lab' : name);
  await run(main, args);
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
      `  try: check that ${root} is writable and the disk has room; to install again, run rm -rf .build node_modules there`,
    );
    process.exit(2);
  }
}

function installDependencies(minimum) {
  // a developer's tools stay installed
  const needed = readStamp().scope === ALL ? ALL : minimum;
  if (areInstalled(needed)) return;
  const lock = lockInstallation();
  // the process that had the lock may have installed them
  if (areInstalled(needed)) return;
  console.error('installing the dependencies of mqtt-lab (npm ci)');
  rmSync(STAMP, { force: true });
  const scope = needed === ALL ? [] : ['--workspaces=false'];
  // no package needs an install script; NODE_ENV=production would leave out the development dependencies
  const options = ['ci', '--ignore-scripts', '--include=dev', ...scope, '--no-audit', '--no-fund', '--loglevel=error'];
  // npm hands its own --dry-run to prepack
  options.push('--dry-run=false');
  // npm inherits the lock, because it may outlive this process
  const { status, error } = spawnSync('npm', options, { cwd: root, stdio: ['ignore', 2, 2, lock] });
  if (status !== 0) {
    const why = error ? `: ${error.message}` : '';
    console.error(`npm ci failed${why}; check that npm reaches its registry, then run the command again`);
    process.exit(2);
  }
  writeFileSync(STAMP, `${lockFileDigest()} ${needed}`);
}

/** The stamp says from which lock file node_modules was installed, and how much. A killed installation leaves none. */
function readStamp() {
  const [digest, scope] = existsSync(STAMP) ? readFileSync(STAMP, 'utf8').split(' ') : [];
  return { digest, scope };
}

function areInstalled(needed) {
  const { digest, scope } = readStamp();
  return digest === lockFileDigest() && (scope === ALL || scope === needed);
}

function lockFileDigest() {
  return createHash('sha256').update(readFileSync(LOCK_FILE)).digest('hex');
}

/**
 * Two installations at once would break each other. The kernel holds the lock while a process has the file open (flock(2)), so a killed
 * installation leaves none. The file is package-lock.json, which npm ci only reads. A machine without flock(1) goes without.
 */
function lockInstallation() {
  const lock = openSync(LOCK_FILE, 'r');
  const flock = (...options) => spawnSync('flock', [...options, '3'], { stdio: ['ignore', 'ignore', 2, lock] }).status;
  if (flock('--nonblock') === 1) {
    console.error('another mqtt-lab is installing the dependencies; waiting for it to finish');
    if (flock('--timeout', String(INSTALLATION_S)) === 1) {
      console.error(
        `it has not finished after ${INSTALLATION_S} s; check what that npm waits for, then run the command again`,
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
