// Bundles entry points with esbuild into .build/NAME-DIGEST, where the next start finds them: loading a thousand modules one by one takes seconds.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILDS = path.join(ROOT, '.build');
/** Older builds are removed after the next one: whatever still runs from them has loaded what it needs. */
const KEEP_MS = 24 * 3_600_000;
const OPTIONS = {
  ...{ absWorkingDir: ROOT, outbase: ROOT, logLevel: 'error', jsx: 'automatic', jsxImportSource: 'preact' },
  ...{ bundle: true, splitting: true, minify: true, platform: 'node', format: 'esm', target: 'node20' },
  // the first three run from their own folders; the others are optional parts of packages
  external: ['ava', 'esbuild', 'playwright-core', 'cpu-features', '*.node', 'canvas'],
  // CommonJS packages expect these in an ES module
  banner: {
    js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.filename), __filename = import.meta.filename, __dirname = import.meta.dirname;`,
  },
};

/** Gives the folder with the bundled entry points, each at its place (scripts/lab.js). @param {import('esbuild').BuildOptions} options */
export async function build(name, options) {
  const digest = createHash('sha256').update(JSON.stringify([ROOT, options]));
  for (const file of sources(ROOT, name === 'lab' ? ['tests'] : [])) digest.update(file).update(readFileSync(file));
  const folder = path.join(BUILDS, `${name}-${digest.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const staged = path.join(BUILDS, randomUUID());
  mkdirSync(staged, { recursive: true });
  const esbuild = await import('esbuild');
  try {
    const plugins = [...(options.plugins ?? []), { name: 'source URLs', setup: keepSourceUrls }];
    await esbuild.build({ ...OPTIONS, outdir: staged, ...options, plugins });
    renameSync(staged, folder);
  } catch (error) {
    // another start may have been faster
    if (!existsSync(folder)) throw error;
  } finally {
    await esbuild.stop();
    const isOld = (entry) => Date.now() - (statSync(entry, { throwIfNoEntry: false })?.mtimeMs ?? 0) > KEEP_MS;
    const old = readdirSync(BUILDS)
      .map((entry) => path.join(BUILDS, entry))
      .filter(isOld);
    for (const entry of [staged, ...old]) rmSync(entry, { recursive: true, force: true });
  }
  return folder;
}

/** The lock file and every source below a folder, except in subfolders that are hidden, named `node_modules` or in `without`. */
function sources(folder, without) {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !/^\.|^node_modules$/.test(name));
  return entries
    .filter(({ name }) => !without.includes(name))
    .flatMap((entry) => {
      const place = path.join(folder, entry.name);
      if (entry.isDirectory()) return sources(place, without);
      return /\.[jt]sx?$|-lock\.json$/.test(entry.name) ? [place] : [];
    });
}

/** A source finds the files beside it by its own URL, not by that of the bundle. */
function keepSourceUrls({ onLoad }) {
  onLoad({ filter: /\.tsx?$|build\.js$/ }, ({ path: file }) => {
    const url = JSON.stringify(pathToFileURL(file).href);
    return {
      contents: readFileSync(file, 'utf8').replace(/import\.meta\.url/g, url),
      loader: path.extname(file).slice(1),
    };
  });
}
