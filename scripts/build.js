// Bundles entry points with esbuild into .build/NAME-DIGEST, where the next start finds them: loading a thousand modules one by one takes seconds.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILDS = path.join(ROOT, '.build');
/** Older builds go with the next one; a command that still runs from them has long loaded its code. */
const KEEP_MS = 24 * 3_600_000;
// in pieces, because the bundle of this source would have its own URL here
const HERE = ['import', 'meta', 'url'].join('.');
/** CommonJS packages expect these names. */
const COMMONJS = `import { createRequire as requireFrom } from 'node:module';
const { filename: __filename, dirname: __dirname } = import.meta, require = requireFrom(${HERE});`;
const LEFT_OUT = path.join(ROOT, 'scripts', 'left-out.js');
const OPTIONS = {
  ...{ absWorkingDir: ROOT, outbase: ROOT, logLevel: 'error', banner: { js: COMMONJS } },
  ...{ bundle: true, splitting: true, minify: true, platform: 'node', format: 'esm', target: 'node20' },
  // the first three run from their own folders; the others are optional parts of packages
  external: ['ava', 'esbuild', 'playwright-core', 'cpu-features', '*.node', 'canvas'],
  alias: {
    ...{ 'cssomnom/parse': LEFT_OUT, 'tar-fs': LEFT_OUT, htmlparser2: LEFT_OUT },
    // mqtt.js takes these timers in a browser alone
    'worker-timers': 'node:timers',
  },
};
/** Of a module that an import names with `?browser` at its end: its bundle as a string, for a page that loads nothing else. */
const BROWSER = {
  ...{ bundle: true, minify: true, write: false, metafile: true, logLevel: 'error' },
  ...{ platform: 'browser', format: 'iife', target: 'es2022', jsx: 'automatic', jsxImportSource: 'preact' },
};

/** Returns the folder with the bundled entry points, each at its place (scripts/lab.js). @param {import('esbuild').BuildOptions} options */
export async function build(name, options) {
  const digest = createHash('sha256').update(JSON.stringify([ROOT, options]));
  for (const file of sources(ROOT, name === 'lab' ? ['dist', 'tests'] : ['dist']))
    digest.update(file).update(readFileSync(file));
  const folder = path.join(BUILDS, `${name}-${digest.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const staged = path.join(BUILDS, randomUUID());
  mkdirSync(staged, { recursive: true });
  const esbuild = await import('esbuild');
  const urls = sourceUrls((file) => JSON.stringify(pathToFileURL(file).href));
  const plugins = [browserModules(), ownStreams(), ...(options.plugins ?? []), urls];
  await esbuild.build({ ...OPTIONS, outdir: staged, ...options, plugins }).finally(esbuild.stop);
  await rename(staged, folder).catch((error) => {
    // another start may have been faster
    if (!existsSync(folder)) throw error;
  });
  for (const entry of readdirSync(BUILDS).map((entry) => path.join(BUILDS, entry))) {
    const { mtimeMs = 0 } = statSync(entry, { throwIfNoEntry: false }) ?? {};
    if (entry === staged || mtimeMs < Date.now() - KEEP_MS) rmSync(entry, { recursive: true, force: true });
  }
  return folder;
}

/** The lock file and every source below a folder, except in subfolders that are hidden, named `node_modules` or in `without`. */
function sources(folder, without) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (!entry.isDirectory()) return /\.[jt]sx?$|-lock\.json$/.test(entry.name) ? [place] : [];
    return /^\.|^node_modules$/.test(entry.name) || without.includes(entry.name) ? [] : sources(place, without);
  });
}

/**
 * Bundles the program of the npm package into a folder, each file at its top. The files that a source reads beside itself have
 * to be below that folder, where they are below the project. Returns the files that went into the bundle.
 */
export async function bundlePackage(outdir) {
  const esbuild = await import('esbuild');
  const urls = sourceUrls((file) => `new URL(${JSON.stringify(path.relative(ROOT, file))}, ${HERE}).href`);
  const inBrowser = [];
  const entryPoints = [path.join(ROOT, 'scripts', 'mqtt-lab.js')];
  const options = {
    ...OPTIONS,
    outbase: path.join(ROOT, 'scripts'),
    outdir,
    entryPoints,
    plugins: [browserModules((files) => inBrowser.push(...files)), ownStreams(), urls],
    metafile: true,
  };
  const { metafile } = await esbuild.build(options).finally(esbuild.stop);
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  const files = inputs.filter((file) => !file.startsWith('browser:'));
  return [...new Set([...files, ...inBrowser])].map((file) => path.join(ROOT, file));
}

/** Bundles a program that runs as a process of its own, so that it needs no package where it stands. */
export async function bundleProgram(file, outfile) {
  const esbuild = await import('esbuild');
  const options = { ...OPTIONS, splitting: false, allowOverwrite: true, entryPoints: [file], outfile };
  await esbuild.build(options).finally(esbuild.stop);
}

/** A source finds the files beside it by its own URL, not by that of the bundle. `urlOf` gives that as an expression. */
function sourceUrls(urlOf) {
  return {
    name: 'source URLs',
    setup({ onLoad }) {
      onLoad({ filter: /\.tsx?$|build\.js$/ }, ({ path: file }) => {
        const contents = readFileSync(file, 'utf8').replace(/import\.meta\.url/g, () => urlOf(file));
        return { contents, loader: path.extname(file).slice(1) };
      });
    },
  };
}

/** An import of `FILE?browser` gives the text of that module's bundle. `onFiles` gets what went into it, relative to the project. */
function browserModules(onFiles = () => undefined) {
  return {
    name: 'browser modules',
    setup({ esbuild, onResolve, onLoad }) {
      onResolve({ filter: /\?browser$/ }, ({ path: file, resolveDir }) => ({
        path: path.join(resolveDir, file.replace(/\?browser$/, '')),
        namespace: 'browser',
      }));
      onLoad({ filter: /./, namespace: 'browser' }, async ({ path: file }) => {
        const options = { ...BROWSER, absWorkingDir: ROOT, entryPoints: [file] };
        const { outputFiles, metafile } = await esbuild.build(options);
        onFiles(Object.keys(metafile.inputs));
        return { contents: outputFiles[0].text, loader: 'text' };
      });
    },
  };
}

/** mqtt.js and bl bring copies of Node's streams, as they were in Node 18, for browsers. */
function ownStreams() {
  return {
    name: 'own streams',
    setup({ onResolve }) {
      onResolve({ filter: /^readable-stream$/ }, ({ importer }) =>
        /node_modules\/(mqtt|bl)\//.test(importer) ? { path: 'node:stream', external: true } : undefined,
      );
    },
  };
}
