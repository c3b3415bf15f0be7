// The sources of ./lab and of the tests, and the packages that they use, as a few JavaScript files in node_modules/.cache, made anew when a
// source or the lock file changes. tsx does the same a module at a time, through a loader that costs every start half a second; finding and
// reading the packages' hundreds of files costs another third. Each test file is a start.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WRAPPER } from './code-cache.js';
import { filesBelow, wholeFolders } from './compile-folders.js';

/** A command that runs may yet load a part of what it was started from: the newest of each kind stay, and all of the last day. */
const KEPT = 10;
const KEEP_MS = 24 * 3_600_000;
/** What finds its own files by its place, is optional and so may be missing (ssh2's native parts, linkedom's canvas), or is for AVA's watch mode alone. */
const EXTERNAL = ['ava', 'esbuild', 'tsx', 'cpu-features', '*.node', '@vercel/nft', 'canvas', 'playwright-core'];
/** CommonJS packages in an ES module ask for Node's own modules, and some for their place. */
const COMMONJS = `import { createRequire as banner$createRequire } from 'node:module';
import { dirname as banner$dirname } from 'node:path';
import { fileURLToPath as banner$fileURLToPath } from 'node:url';
const require = banner$createRequire(import.meta.url);
const __filename = banner$fileURLToPath(import.meta.url);
const __dirname = banner$dirname(__filename);`;
/** In the folder of a compiled command: the sources that it was made from. */
const INPUTS = 'inputs.json';
const FOLDERS = [
  ...['base', 'checks', 'deployment', 'lab-file', 'mosquitto', 'pi', 'probes', 'provisioning', 'records'],
  ...['report', 'scripts', 'terminal', 'tests'],
];

/** What the checks have nothing of. */
const TESTS_ALONE = ['bench', 'lab', 'mutants', 'slow', 'suite', 'unit'].map((folder) => `tests/${folder}`);

/** What a command is made from: one file that V8 can keep the code of (see code-cache.js). */
const ONE_FILE = {
  minify: true,
  metafile: true,
  format: 'cjs',
  splitting: false,
  outExtension: { '.js': '.cjs' },
  banner: { js: WRAPPER.banner },
  footer: { js: WRAPPER.footer },
};

/** The compiled `scripts/NAME.ts`, to be loaded by `loadWithCode`. A start looks only at the files that the last one was made from, a third of all. */
export async function compiledScript(root, name) {
  const note = path.join(cacheOf(root), `${name}.json`);
  const last = readJson(note);
  if (last !== undefined && existsSync(last.file) && digestOf(root, last.inputs) === last.digest) return last.file;
  const digest = sourcesDigest(root);
  const folder = await compiled(root, name, digest, [`scripts/${name}.ts`], ONE_FILE);
  const file = path.join(folder, `scripts/${name}.cjs`);
  const inputs = readJson(path.join(folder, INPUTS));
  // of what changes meanwhile the note would know nothing
  if (inputs !== undefined && sourcesDigest(root) === digest) {
    const staged = path.join(cacheOf(root), `.${randomUUID()}`);
    await writeFile(staged, JSON.stringify({ file, inputs, digest: digestOf(root, inputs) }));
    await rename(staged, note);
  }
  return file;
}

/**
 * Environment of AVA's test processes: COMPILED_TESTS names the folder with the compiled test files, each at its place (tests/unit/readme.mjs),
 * COMPILED_AVA what they import as `ava`. They have source maps, which AVA has Node read at the start, so that their errors tell line and
 * column of the source.
 */
export async function compiledTests(root, name, files) {
  return await testsEnvironment(root, name, sourcesDigest(root), files, { sourcemap: 'linked', sourcesContent: false });
}

/** The same of the checks; without source maps they start sooner, and take 15 MB less. */
export async function compiledChecks(root) {
  return await testsEnvironment(root, 'smoke', sourcesDigest(root, TESTS_ALONE), ['tests/smoke-old/all.ts'], {
    minify: true,
  });
}

async function testsEnvironment(root, name, sources, files, options) {
  const ava = isCompiledAva() ? (await compiledAva(root)).main : 'ava';
  const digest = createHash('sha256')
    .update([sources, ava, ...files].join('\n'))
    .digest('hex');
  const folder = await compiled(root, name, digest, files, { ...options, plugins: [wholeFolders, avaAt(ava)] });
  return { COMPILED_TESTS: folder, COMPILED_AVA: ava };
}

/** Whether this is the process of scripts/ava.js. */
export function isCompiledAva() {
  return path.resolve(process.argv[1] ?? '') === fileURLToPath(new URL('ava.js', import.meta.url));
}

/** URLs of AVA's own command, of what starts its test processes, of these, and of what tests import: 500 files, most of the time that AVA takes. */
export async function compiledAva(root) {
  const places = {
    cli: 'entrypoints/cli.mjs',
    fork: 'lib/fork.js',
    worker: 'lib/worker/base.js',
    main: 'entrypoints/main.mjs',
  };
  const files = Object.values(places).map((place) => `node_modules/ava/${place}`);
  const folder = await compiled(root, 'ava', toolsDigest(root).digest('hex'), files, { minify: true });
  const url = (place) => pathToFileURL(path.join(folder, 'node_modules/ava', place.replace(/\.m?js$/, '.mjs'))).href;
  return Object.fromEntries(Object.entries(places).map(([name, place]) => [name, url(place)]));
}

function cacheOf(root) {
  return path.join(root, 'node_modules', '.cache', 'mqtt-lab');
}

async function compiled(root, name, digest, files, options) {
  const cache = cacheOf(root);
  const folder = path.join(cache, `${name}-${digest.slice(0, 16)}`);
  if (!existsSync(folder)) await compile(root, files, options, cache, folder);
  return folder;
}

/** Of the lock file and of this one. */
function toolsDigest(root) {
  const hash = createHash('sha256').update(root);
  for (const file of ['package-lock.json', 'scripts/compile.js']) hash.update(readFileSync(path.join(root, file)));
  return hash;
}

/** Of every source's path, size and time of change too. */
function sourcesDigest(root, without = []) {
  const files = FOLDERS.flatMap((folder) => filesBelow(root, folder, without));
  const sources = files.filter((file) => /\.(?:js|tsx?)$/.test(file));
  return toolsDigest(root).update(digestOf(root, sources)).digest('hex');
}

/** Of the paths, sizes and times of change of files below `root`; one that is not there is another than it was. Copies may share node_modules. */
function digestOf(root, files) {
  const hash = createHash('sha256').update(root);
  for (const file of files) {
    const { mtimeMs, size } = statSync(path.join(root, file), { throwIfNoEntry: false }) ?? {};
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The sources that something was compiled from; packages are known by the lock file. */
function ownInputs(root, { inputs }) {
  const files = Object.keys(inputs).map((file) => path.relative(root, path.resolve(file)));
  const own = files.filter((file) => FOLDERS.some((folder) => file.startsWith(`${folder}${path.sep}`)));
  return ['package-lock.json', 'scripts/compile.js', 'scripts/code-cache.js', ...own];
}

/** Written beside its place and renamed, so that another start never sees half of it; what older sources left goes. */
async function compile(root, files, { plugins = [], ...options }, cache, folder) {
  const { build, stop } = await import('esbuild');
  await mkdir(cache, { recursive: true });
  const staged = path.join(cache, `.${randomUUID()}`);
  try {
    const { metafile } = await build({
      entryPoints: files.map((file) => path.join(root, file)),
      outbase: root,
      outdir: staged,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      external: EXTERNAL,
      banner: { js: COMMONJS },
      platform: 'node',
      format: 'esm',
      target: 'node20',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      logLevel: 'error',
      plugins: [...plugins, { name: 'import.meta.url', setup: keepUrls }, { name: 'lazy gRPC', setup: lazySession }],
      ...options,
    });
    if (metafile !== undefined) await writeFile(path.join(staged, INPUTS), JSON.stringify(ownInputs(root, metafile)));
    await rename(staged, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    // its process would stay as long as this one
    await stop();
    await rm(staged, { recursive: true, force: true });
  }
  await removeOld(cache);
}

/** What older sources left, and killed compilations. */
async function removeOld(cache) {
  const ages = readdirSync(cache).map((name) => {
    const { mtimeMs } = statSync(path.join(cache, name), { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
    return { name, kind: name.slice(0, name.lastIndexOf('-')), ageMs: Date.now() - mtimeMs };
  });
  const isOld = ({ name, kind, ageMs }) => {
    if (ageMs < KEEP_MS) return false;
    return name.startsWith('.') || ages.filter((other) => other.kind === kind && other.ageMs < ageMs).length >= KEPT;
  };
  for (const { name } of ages.filter(isOld)) await rm(path.join(cache, name), { recursive: true, force: true });
}

/** All that imports `ava` has it from one place. */
function avaAt(url) {
  const setup = ({ onResolve }) => onResolve({ filter: /^ava$/ }, () => ({ path: url, external: true }));
  return { name: 'ava', setup };
}

/** A source finds its neighbours by its own URL, not by that of the compiled file. So does AVA. */
function keepUrls({ onLoad }) {
  onLoad({ filter: /\.tsx?$|[\\/]node_modules[\\/]ava[\\/].*\.js$/ }, async ({ path: file }) => {
    const source = await readFile(file, 'utf8');
    const contents = source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href));
    return { loader: loaderOf(file), contents };
  });
}

/** dockerode loads gRPC for builds by BuildKit, which nothing here asks for: a tenth of what `up` computes. */
function lazySession({ onLoad }) {
  onLoad({ filter: /[\\/]dockerode[\\/]lib[\\/]docker\.js$/ }, async ({ path: file }) => {
    const source = await readFile(file, 'utf8');
    const contents = source.replace(
      "withSession = require('./session')",
      "withSession = (...all) => require('./session')(...all)",
    );
    return { loader: 'js', contents };
  });
}

function loaderOf(file) {
  const [, extension = ''] = /\.(tsx?)$/.exec(file) ?? [];
  return extension === '' ? 'js' : extension;
}
