// For AVA's `require`: a test file under tests/ is run as its compiled one in the folder that COMPILED_TESTS names (see compile.js). With Node's
// module hooks instead, each test process would start a thread for them and ask it for every module.
import Module from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

// AVA loads the source when this has loaded what was compiled from it
Module._extensions['.ts'] = () => {};

export default async function load() {
  const { COMPILED_TESTS: folder, COMPILED_AVA: ava } = process.env;
  if (folder === undefined || ava === undefined) throw new Error('COMPILED_TESTS or COMPILED_AVA is not there');
  const { default: test } = await import(ava);
  const file = path.relative(root, fileURLToPath(test.meta.file)).replace(/\.ts$/, '.mjs');
  await import(pathToFileURL(path.join(folder, file)).href);
}
