// The sources of ./lab and the packages that they use as a few JavaScript files in node_modules/.cache, made anew when a source or the lock
// file changes. tsx does the same a module at a time, through a loader that costs every start half a second; finding and reading the
// packages' hundreds of files costs another third.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const KEEP_MS = 24 * 3_600_000;
/** What finds its own files by its place, or is optional (ssh2's native parts) and so may be missing. */
const EXTERNAL = ['ava', 'esbuild', 'tsx', 'cpu-features', '*.node'];
/** CommonJS packages in an ES module ask for Node's own modules, and some for their place. */
const COMMONJS = `import { createRequire as banner$createRequire } from 'node:module';
import { dirname as banner$dirname } from 'node:path';
import { fileURLToPath as banner$fileURLToPath } from 'node:url';
const require = banner$createRequire(import.meta.url);
const __filename = banner$fileURLToPath(import.meta.url);
const __dirname = banner$dirname(__filename);`;
const FOLDERS = ['mosquitto', 'pi', 'probes', 'provisioning', 'report', 'scripts', 'tests'];

/** URL of the compiled `scripts/NAME.ts`. */
export async function compiled(root, name) {
  const cache = path.join(root, 'node_modules', '.cache', 'mqtt-lab');
  const folder = path.join(cache, `${name}-${digest(root)}`);
  const entry = path.join(folder, `${name}.mjs`);
  if (!existsSync(entry)) await compile(path.join(root, 'scripts', `${name}.ts`), cache, folder);
  return pathToFileURL(entry).href;
}

/** Of every source's path, size and time of change, and of the lock file. */
function digest(root) {
  const hash = createHash('sha256')
    .update(root)
    .update(readFileSync(path.join(root, 'package-lock.json')));
  for (const folder of FOLDERS) {
    const names = readdirSync(path.join(root, folder), { recursive: true }).filter((name) => name.endsWith('.ts'));
    for (const name of names.sort()) {
      const { mtimeMs, size } = statSync(path.join(root, folder, name));
      hash.update(`${folder}/${name} ${mtimeMs} ${size}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Written beside its place and renamed, so that another start never sees half of it; what older sources left goes. */
async function compile(entry, cache, folder) {
  const { build, stop } = await import('esbuild');
  await mkdir(cache, { recursive: true });
  const staged = path.join(cache, `.${randomUUID()}`);
  try {
    await build({
      entryPoints: [entry],
      outdir: staged,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      minify: true,
      splitting: true,
      external: EXTERNAL,
      banner: { js: COMMONJS },
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'error',
      plugins: [{ name: 'import.meta.url', setup: keepUrls }],
    });
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

/** A command that runs may yet load a part of what it was started from. */
async function removeOld(cache) {
  const limit = Date.now() - KEEP_MS;
  const old = readdirSync(cache).filter(
    (name) => statSync(path.join(cache, name), { throwIfNoEntry: false })?.mtimeMs < limit,
  );
  for (const name of old) await rm(path.join(cache, name), { recursive: true, force: true });
}

/** A source finds its neighbours by its own URL, not by that of the compiled file. */
function keepUrls({ onLoad }) {
  onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
    const source = await readFile(file, 'utf8');
    return { loader: 'ts', contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href)) };
  });
}
